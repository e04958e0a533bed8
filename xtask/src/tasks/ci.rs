//! `cargo xtask ci`: what a change must pass.

use crate::failure::Result;
use crate::steps::Steps;
use crate::tasks::{lint, soak, test};

pub(crate) fn all(steps: &mut Steps) -> Result {
    lint::all(steps)?;
    test::all(steps)?;
    soak::short(steps)
}

//! Probes: commands that are run again and again, and whose output becomes metrics.

mod board;
mod measure;
mod schedule;

pub(crate) use board::{Board, Known, Run};
pub(crate) use measure::measure;
pub(crate) use schedule::keep_probing;

//! `keys rotate` and `keys revoke`: keys that are there.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::Issued;
use crate::arguments::duration_or_none;
use crate::context::Context;
use crate::failure::Result;
use crate::output::Deed;
use crate::place::{self, Access, PlaceArgs};

const ROTATED: &str = "\
JSON: {\"key\": an item of `keys list`, \"secret\": the key's text}.";
const REVOKED: &str = "\
JSON: an item of `keys list`.";

/// Give a key another text and show it, this one time
#[derive(Args, Debug)]
#[command(after_help = ROTATED)]
pub(crate) struct Rotate {
    /// The key's id, as `keys list` shows it
    id: String,

    /// For how long the text before is taken too, so that its users can be told; 30 days at most
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration_or_none)]
    overlap: Duration,
}

/// Take a key back for good
#[derive(Args, Debug)]
#[command(after_help = REVOKED)]
pub(crate) struct Revoke {
    /// The key's id, as `keys list` shows it
    id: String,
}

impl Rotate {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let rotated = place::at(context, place, Access::Change, async |place| {
            place.rotate_key(&self.id, self.overlap).await
        });
        context.output.report(&Issued(rotated.await?))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Revoke {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let revoked = place::at(context, place, Access::Change, async |place| {
            place.revoke_key(&self.id).await
        });
        let document = revoked.await?;
        let name = document["name"].as_str().unwrap_or_default();
        let sentence = format!("the key {name} is revoked");
        context.output.report(&Deed { document, sentence })?;
        Ok(ExitCode::SUCCESS)
    }
}

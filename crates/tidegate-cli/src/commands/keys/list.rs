//! `keys list`: the keys, without their texts.

use std::process::ExitCode;

use clap::Args;

use super::FIELDS;
use crate::context::Context;
use crate::failure::Result;
use crate::output::Listing;
use crate::place::{self, Access, PageArgs, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"items\": [{\"id\", \"name\", \"scopes\", \"state\", \"created_at\", \"rotated_at\"?, \"expires_at\"?, \"revoked_at\"?,
\"last_used_at\"?}], \"next\"?}. `state` is active, expired or revoked.";

/// List the keys; their texts are known to nobody
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct List {
    #[command(flatten)]
    page: PageArgs,
}

impl List {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.keys(&self.page).await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: FIELDS,
            nothing: "no keys yet",
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

//! `keys create`: a new key.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tidegate_stores::Timestamp;
use tidegate_stores::auth::Scope;

use super::Issued;
use crate::arguments::{duration, moment};
use crate::clock;
use crate::context::Context;
use crate::failure::Result;
use crate::place::{self, Access, KeyToMake, PlaceArgs};

const DETAILS: &str = "\
Scopes: read (looking at everything but keys), ingest (putting measurements and events in), operate (acknowledging,
silencing), admin (everything, keys included).

JSON: {\"key\": an item of `keys list`, \"secret\": the key's text}.";

/// Make a key and show its text, this one time
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Create {
    /// What people call it
    name: String,

    /// What it may be used for: read, ingest, operate, admin; may be given several times
    #[arg(
        long = "scope",
        value_name = "SCOPE",
        required = true,
        value_delimiter = ','
    )]
    scopes: Vec<String>,

    /// For how long it is taken: 90days
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "expires_at")]
    expires_in: Option<Duration>,

    /// From when on it is refused
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    expires_at: Option<Timestamp>,
}

impl Create {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let scopes = self.scopes.iter().map(|name| name.parse::<Scope>());
        let after = self
            .expires_in
            .map(|after| clock::now().saturating_add(after));
        let new = KeyToMake {
            name: self.name.clone(),
            scopes: scopes.collect::<tidegate_stores::Result<_>>()?,
            expires_at: self.expires_at.or(after),
        };
        let made = place::at(context, place, Access::Change, async |place| {
            place.create_key(new).await
        });
        context.output.report(&Issued(made.await?))?;
        Ok(ExitCode::SUCCESS)
    }
}

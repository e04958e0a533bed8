//! `rekey`: another key for an encrypted database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};

use super::shown;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::key::{self, NewKeyArgs};
use crate::open::{Purpose, using};
use crate::output::Report;

const DETAILS: &str = "\
In place and in one transaction: afterwards one of the two keys holds, never neither. Backups keep the old key.
The present key comes from --key-file, TIDEGATE_KEY or --ask-key; the new one from --new-key-file, TIDEGATE_NEW_KEY or
the terminal.

JSON: {\"file\"}.";

/// Encrypt an encrypted database with another key
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Rekey {
    /// The encrypted database file
    db: PathBuf,

    #[command(flatten)]
    new_key: NewKeyArgs,
}

impl Rekey {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let changed = using(context, &self.db, Purpose::Write, async |database| {
            let key = key::new_key(&self.new_key)?;
            context.call(database.rekey(key)).await
        });
        let kept = |failure: Failure| failure.nothing_kept("the old key holds");
        changed.await.map_err(kept)?;
        context.output.report(&Rekeyed(shown(&self.db)))?;
        Ok(ExitCode::SUCCESS)
    }
}

struct Rekeyed(String);

impl Report for Rekeyed {
    fn to_json(&self) -> Json {
        json!({ "file": self.0 })
    }

    fn to_text(&self) -> String {
        format!("{} is encrypted with the new key", self.0)
    }
}

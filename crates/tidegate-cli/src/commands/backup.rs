//! `backup`: a copy of the database while others go on using it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate::Database;

use super::shown;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{Purpose, using};
use crate::output::{Progress, Report, bytes};

const DETAILS: &str = "\
The copy shows the database as it was when the backup began. The file appears when it is whole and on the disk;
after an error or Ctrl-C there is none.

JSON: {\"file\", \"bytes\", \"seconds\"}.";

/// Copy a database into one file, while it is in use
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Backup {
    /// The database file
    db: PathBuf,

    /// The file to make
    file: PathBuf,

    /// Leave out free space: slower, and the file is as small as can be
    #[arg(long)]
    compact: bool,

    /// Replace the file if it is there
    #[arg(short, long)]
    force: bool,
}

impl Backup {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let begun = Instant::now();
        let copied = using(context, &self.db, Purpose::Read, async |database| {
            let copied = match self.compact {
                true => self.copy_compact(context, database).await,
                false => self.copy(context, database).await,
            };
            copied.map_err(|error| context.failed(error))
        });
        let kept =
            |failure: Failure| failure.kept(format!("{} was not written", shown(&self.file)));
        copied.await.map_err(kept)?;
        context.output.report(&Copied {
            file: &self.file,
            bytes: std::fs::metadata(&self.file).map_or(0, |found| found.len()),
            took: begun.elapsed(),
        })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn copy(&self, context: &Context, database: &Database) -> tidegate::Result<()> {
        let bar = Arc::new(Progress::new(
            context.output,
            "copying pages",
            Some(0),
            false,
        ));
        let shared = Arc::clone(&bar);
        let backup = database
            .backup(&self.file)
            .overwrite(self.force)
            .deadline(context.remaining_or_max())
            .cancel(context.token());
        let shown = move |now: tidegate::Progress| {
            shared.set_total(now.total);
            shared.set(now.total - now.remaining);
        };
        backup.progress(shown).await
    }

    async fn copy_compact(&self, context: &Context, database: &Database) -> tidegate::Result<()> {
        database
            .vacuum_into(&self.file)
            .overwrite(self.force)
            .deadline(context.remaining_or_max())
            .cancel(context.token())
            .await
    }
}

struct Copied<'c> {
    file: &'c Path,
    bytes: u64,
    took: Duration,
}

impl Report for Copied<'_> {
    fn to_json(&self) -> Json {
        json!({
            "file": self.file.display().to_string(),
            "bytes": self.bytes,
            "seconds": self.took.as_secs_f64(),
        })
    }

    fn to_text(&self) -> String {
        format!(
            "{} written ({}, {:.2} s)",
            shown(self.file),
            bytes(self.bytes),
            self.took.as_secs_f64()
        )
    }
}

//! `restore`: a backup, checked, in the place of the database.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate::{Database, ErrorKind};

use super::shown;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{self, Purpose, using};
use crate::output::{PartialFile, Report, bytes};

const DETAILS: &str = "\
The backup is read and checked first, copied beside the database, and put into its place in one step. A database that
is there is replaced only with --force; one that somebody is using, or that has a write-ahead log with commits in it,
is not replaced without --force either. A log that belongs to the old file is removed with it.

JSON: {\"file\", \"bytes\", \"replaced\"}.";

/// Files that belong to a database while it is open.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Put a backup in the place of a database, after checking it
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Restore {
    /// The database file that is to be
    db: PathBuf,

    /// The backup
    file: PathBuf,

    /// Replace the database that is there
    #[arg(short, long)]
    force: bool,
}

impl Restore {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let nothing = |failure: Failure| failure.kept(format!("{} is as it was", shown(&self.db)));
        self.restore(context).await.map_err(nothing)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn restore(&self, context: &Context) -> Result<()> {
        self.refuse_the_same_file()?;
        let is_there = self.look_at_target(context).await?;
        let draft = PartialFile::create(&self.db, self.force)?;
        self.copy(context, draft.path()).await?;
        context.check()?;
        self.remove_companions()?;
        draft.finish(self.force)?;
        context.output.report(&Restored {
            file: &self.db,
            bytes: std::fs::metadata(&self.db).map_or(0, |found| found.len()),
            replaced: is_there,
        })
    }

    fn refuse_the_same_file(&self) -> Result<()> {
        let same = self
            .db
            .canonicalize()
            .ok()
            .zip(self.file.canonicalize().ok());
        match same {
            Some((target, backup)) if target == backup => Err(Failure::refused(
                "the backup and the database are the same file",
            )),
            _ => Ok(()),
        }
    }

    /// Whether there is a database already; refuses one that must not be replaced.
    async fn look_at_target(&self, context: &Context) -> Result<bool> {
        if self.db.is_dir() {
            return Err(Failure::input(format!(
                "{} is a directory",
                shown(&self.db)
            )));
        }
        if !self.db.exists() {
            return Ok(false);
        }
        if self.force {
            self.settle(context).await;
            return Ok(true);
        }
        let log = std::fs::metadata(companion(&self.db, "-wal")).map_or(0, |found| found.len());
        let problem = match (log > 0, self.is_in_use(context).await) {
            (_, true) => "is in use".to_owned(),
            (true, false) => format!("has a write-ahead log of {}", bytes(log)),
            (false, false) => "exists already".to_owned(),
        };
        Err(Failure::refused(format!("{} {problem}", shown(&self.db)))
            .hint("stop what uses it, back it up if it matters, and give --force to replace it"))
    }

    /// Brings the old file's log into it, so that the file is whole should it stay after all.
    async fn settle(&self, context: &Context) {
        // What cannot be opened is not worth more than the backup that takes its place.
        let _ = using(context, &self.db, Purpose::Write, async |_| Ok(())).await;
    }

    /// Whether somebody holds the file: nobody else may when its log is to be left for good.
    async fn is_in_use(&self, context: &Context) -> bool {
        let options = match open::options(context, &self.db, Purpose::Write) {
            Ok(options) => options.busy_timeout(std::time::Duration::ZERO),
            Err(_) => return false,
        };
        let had_log = companion(&self.db, "-shm").exists();
        let opened = open::open_with(context, options).await;
        let Ok(database) = opened else { return false };
        let begun = context.limit_begin(database.begin()).await;
        let busy = matches!(&begun, Err(error) if error.kind() == ErrorKind::Busy);
        drop(begun);
        // A failure to close says nothing about others.
        let _ = database.close().await;
        busy || (had_log && companion(&self.db, "-shm").exists())
    }

    /// Copies the backup, opened as a database, and checks the copy from its first to its last page.
    async fn copy(&self, context: &Context, draft: &Path) -> Result<()> {
        using(context, &self.file, Purpose::Read, async |backup| {
            let copied = backup
                .backup(draft)
                .overwrite(true)
                .deadline(context.remaining_or_max())
                .cancel(context.token());
            copied.await.map_err(|error| context.failed(error))
        })
        .await?;
        using(context, draft, Purpose::Write, async |copy| {
            self.check(context, copy).await
        })
        .await
    }

    async fn check(&self, context: &Context, copy: &Database) -> Result<()> {
        let findings = context.call(copy.integrity_check()).await?;
        match findings.first() {
            None => Ok(()),
            Some(first) => Err(Failure::refused(format!(
                "the backup {} is damaged: {first}",
                shown(&self.file)
            ))),
        }
    }

    /// A log of the old file would be applied to the new one.
    fn remove_companions(&self) -> Result<()> {
        for suffix in COMPANIONS {
            let path = companion(&self.db, suffix);
            match std::fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::io(
                        format!("cannot remove {}", shown(&path)),
                        &error,
                    ));
                }
            }
        }
        Ok(())
    }
}

/// `app.db-wal` beside `app.db`.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

struct Restored<'r> {
    file: &'r Path,
    bytes: u64,
    replaced: bool,
}

impl Report for Restored<'_> {
    fn to_json(&self) -> Json {
        json!({
            "file": self.file.display().to_string(),
            "bytes": self.bytes,
            "replaced": self.replaced,
        })
    }

    fn to_text(&self) -> String {
        format!(
            "{} restored and sound ({})",
            shown(self.file),
            bytes(self.bytes)
        )
    }
}

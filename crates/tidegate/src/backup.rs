//! Online backup: a copy of one state of the database, made while others read and write.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup as Copying, StepResult};

use crate::call::Call;
use crate::cancel::CancelToken;
use crate::connection;
use crate::core::{Core, Target};
use crate::database::Database;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::sync::{Arc, Mutex, lock};
use crate::upkeep::{begin_copy, go_on, publish};

/// 1 MiB with pages of the usual size: copied in well under a millisecond from memory.
const PAGES_PER_STEP: u32 = 256;

/// How far a backup has come, in pages of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Pages that are still to be copied.
    pub remaining: u64,
    /// Pages in all.
    pub total: u64,
}

/// A backup to be awaited, from [`Database::backup`]: a [`Call`] with settings of its own.
#[must_use = "a backup does nothing until it is awaited"]
pub struct Backup {
    call: Call<()>,
    plan: Arc<Mutex<Plan>>,
}

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backup").finish_non_exhaustive()
    }
}

/// What the caller sets until the backup begins.
struct Plan {
    overwrite: bool,
    pages_per_step: u32,
    progress: Box<dyn FnMut(Progress) + Send>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            overwrite: false,
            pages_per_step: PAGES_PER_STEP,
            progress: Box::new(|_| {}),
        }
    }
}

impl Database {
    /// Copies the database, as it is when the backup begins, into a new file.
    ///
    /// Readers and writers go on. What they commit meanwhile is not in the copy, and cannot make it start over. The
    /// write-ahead log keeps all of it until the backup ends, so at
    /// [`wal_hard_limit_bytes`](crate::Options::wal_hard_limit_bytes) writers would have to wait; with a rollback journal
    /// they wait from the beginning.
    ///
    /// The file is written under another name beside `path`, made durable, and then renamed, so that under its own name
    /// it is whole or not there; on any failure, a panic in the callback included, what there is of it is removed. Only a
    /// process that is killed leaves it behind, as `.<name>.<number>.<number>.partial`. It has the permissions of the
    /// database's file. The copy of an encrypted database is encrypted with the same key.
    ///
    /// Backups have no deadline unless [`Backup::deadline`] sets one; it is looked at after every step.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) if `path` exists and [`Backup::overwrite`] was not asked for, if it belongs
    /// to this database, or if a journal or log of an older file lies beside it; [`Io`](crate::ErrorKind::Io),
    /// [`DiskFull`](crate::ErrorKind::DiskFull), and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future stops the backup after its current step and removes what there is of the file. If it was
    /// being renamed just then, the whole file is there.
    pub fn backup(&self, path: impl AsRef<Path>) -> Backup {
        let (path, handle) = (path.as_ref().to_owned(), self.handle().clone());
        let plan = Arc::new(Mutex::new(Plan::default()));
        let planned = plan.clone();
        let call = self.maintenance_job(Target::Maintenance, move |engine| {
            let plan = std::mem::take(&mut *lock(&planned));
            run(handle.core(), engine, &path, plan)
        });
        Backup { call, plan }
    }
}

impl Backup {
    /// Called after every step, on the connection's thread: the backup waits for it.
    pub fn progress(self, progress: impl FnMut(Progress) + Send + 'static) -> Self {
        lock(&self.plan).progress = Box::new(progress);
        self
    }

    /// How many pages are copied between two looks at the deadline. Default: 256; 0 is refused.
    pub fn pages_per_step(self, pages: u32) -> Self {
        lock(&self.plan).pages_per_step = pages;
        self
    }

    /// Whether an existing file may be replaced. Default: `false`.
    pub fn overwrite(self, overwrite: bool) -> Self {
        lock(&self.plan).overwrite = overwrite;
        self
    }

    /// As [`Call::deadline`]. Without, there is none.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.call = self.call.deadline(after);
        self
    }

    /// As [`Call::cancel`].
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.call = self.call.cancel(token);
        self
    }

    /// As [`Call::wait`].
    ///
    /// # Errors
    /// As [`Database::backup`] and [`Call::wait`].
    pub fn wait(self) -> Result<()> {
        self.call.wait()
    }
}

impl Future for Backup {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.call).poll(cx)
    }
}

fn run(core: &Core, engine: &mut Engine<'_>, path: &Path, plan: Plan) -> Result<()> {
    let steps = match i32::try_from(plan.pages_per_step) {
        Ok(pages) if pages > 0 => pages,
        _ => return Err(Error::misuse("`pages_per_step` must be 1 to 2,147,483,647")),
    };
    let draft = begin_copy(&core.options, path, plan.overwrite)?;
    // An open read transaction fixes the pages that are copied: without, every commit would begin the copying anew.
    engine.begin_snapshot()?;
    let mut copy = connection::open_copy(core, draft.path())?;
    copy_pages(engine.connection(), &mut copy, steps, plan.progress)?;
    copy.close().map_err(|(_, error)| sqlite(error))?;
    engine.rollback();
    publish(draft)
}

fn copy_pages(
    from: &Connection,
    to: &mut Connection,
    pages: i32,
    mut progress: Box<dyn FnMut(Progress) + Send>,
) -> Result<()> {
    let copying = Copying::new(from, to).map_err(sqlite)?;
    loop {
        go_on()?;
        let step = copying.step(pages).map_err(sqlite)?;
        let now = copying.progress();
        progress(Progress {
            remaining: u64::try_from(now.remaining).unwrap_or(0),
            total: u64::try_from(now.pagecount).unwrap_or(0),
        });
        match step {
            StepResult::More => {}
            StepResult::Done => return Ok(()),
            _ => return Err(Error::busy("the file of the backup is locked by somebody")),
        }
    }
}

fn sqlite(error: rusqlite::Error) -> Error {
    Error::from_sqlite(error, None).context("backup")
}

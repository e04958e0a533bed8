//! The governor of the write-ahead log: when it is checkpointed, and when it has grown so far that writers must wait.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::connection::pragma_number;
use crate::current;
use crate::error::{Error, ErrorKind, Result};
use crate::lane::Lane;
use crate::options::{JournalMode, Options};
use crate::sync::{Arc, AtomicU64, Ordering};
use crate::trace;

/// After so long without a commit, the log is truncated.
const IDLE_AFTER: Duration = Duration::from_secs(1);
/// The writer finishes a checkpoint itself where no more frames than this are left to copy.
const LAST_FRAMES: u64 = 256;
/// A checkpoint that readers kept from finishing is not tried again before this.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Whether writers may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressure {
    None,
    /// The log is past its hard limit.
    Hard,
}

/// What a checkpoint has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// A reader or writer kept it from finishing; nothing is wrong, and a later one will.
    pub busy: bool,
    /// Frames (pages) in the log.
    pub log_frames: u64,
    /// Frames of them that are in the database file now.
    pub checkpointed_frames: u64,
}

/// How far a checkpoint goes; the names and meanings are SQLite's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckpointMode {
    /// Does what it can without waiting for anybody.
    #[default]
    Passive,
    /// Waits for writers, then copies everything.
    Full,
    /// As `Full`, and waits until the next writer can begin the log anew.
    Restart,
    /// As `Restart`, and cuts the log file to zero bytes.
    Truncate,
}

impl CheckpointMode {
    fn pragma(self) -> &'static str {
        match self {
            Self::Passive => "PRAGMA main.wal_checkpoint(PASSIVE)",
            Self::Full => "PRAGMA main.wal_checkpoint(FULL)",
            Self::Restart => "PRAGMA main.wal_checkpoint(RESTART)",
            Self::Truncate => "PRAGMA main.wal_checkpoint(TRUNCATE)",
        }
    }
}

/// Runs one checkpoint; being kept from finishing is an outcome, not an error. By the pragma, because it tells the
/// numbers of one that was kept from finishing, too.
pub(crate) fn checkpoint(connection: &Connection, mode: CheckpointMode) -> Result<Checkpoint> {
    let sql = mode.pragma();
    // Without a log, the numbers are -1.
    let frames = |frames: i64| u64::try_from(frames).unwrap_or(0);
    let outcome = connection.query_row(sql, [], |row| {
        let (log_frames, checkpointed_frames) = (frames(row.get(1)?), frames(row.get(2)?));
        Ok(Checkpoint {
            busy: row.get(0)? || checkpointed_frames < log_frames,
            log_frames,
            checkpointed_frames,
        })
    });
    let outcome = outcome.or_else(|error| {
        let error = Error::from_sqlite(error, Some(sql));
        match error.kind() {
            ErrorKind::Busy | ErrorKind::Cancelled => Ok(Checkpoint {
                busy: true,
                log_frames: 0,
                checkpointed_frames: 0,
            }),
            _ => Err(error),
        }
    });
    trace::checkpoint(mode, &outcome);
    outcome
}

/// Empties the log if nobody is in the way. Waiting for a reader would keep all writers out meanwhile.
fn empty(connection: &Connection) -> Result<Checkpoint> {
    current::without_waiting(|| checkpoint(connection, CheckpointMode::Truncate))
}

/// Shared by the writer, which reports commits, and the maintenance thread, which checkpoints.
pub(crate) struct Wal {
    enabled: bool,
    soft_bytes: u64,
    hard_bytes: u64,
    page_bytes: AtomicU64,
    /// Pages in the log as of the last commit.
    pub(crate) pages: Arc<AtomicU64>,
    epoch: Instant,
    last_commit_nanos: AtomicU64,
    /// 1 while the log may hold frames that are not in the database file.
    dirty: AtomicU64,
    /// 1 while the maintenance thread was asked for a checkpoint.
    asked: AtomicU64,
    /// How far the maintenance thread's last checkpoint has come, until the writer has seen it.
    copied_frames: AtomicU64,
    /// The length at which the next checkpoint is asked for.
    next_bytes: AtomicU64,
    data_version: AtomicU64,
    maintenance: Arc<Lane>,
}

impl Wal {
    pub(crate) fn new(options: &Options, maintenance: Arc<Lane>) -> Self {
        Self {
            enabled: options.journal_mode == JournalMode::Wal
                && !options.is_memory()
                && !options.read_only,
            soft_bytes: options.wal_soft_limit_bytes,
            hard_bytes: options.wal_hard_limit_bytes,
            page_bytes: AtomicU64::new(u64::from(options.page_size_bytes)),
            pages: Arc::new(AtomicU64::new(0)),
            epoch: Instant::now(),
            last_commit_nanos: AtomicU64::new(0),
            // An earlier process may have left a log.
            dirty: AtomicU64::new(1),
            asked: AtomicU64::new(0),
            next_bytes: AtomicU64::new(options.wal_soft_limit_bytes),
            copied_frames: AtomicU64::new(0),
            data_version: AtomicU64::new(0),
            maintenance,
        }
    }

    /// Learns the page size of the file that was opened.
    pub(crate) fn attach(&self, connection: &Connection) -> Result<()> {
        let bytes = pragma_number(connection, "page_size")?;
        let bytes = u64::try_from(bytes).unwrap_or(4096);
        self.page_bytes.store(bytes, Ordering::Relaxed);
        Ok(())
    }

    pub(crate) fn size_bytes(&self) -> u64 {
        self.pages.load(Ordering::Relaxed) * self.page_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn pressure(&self) -> Pressure {
        match self.enabled && self.size_bytes() > self.hard_bytes {
            true => Pressure::Hard,
            false => Pressure::None,
        }
    }

    /// The writer has committed: the maintenance thread is called where it is needed.
    pub(crate) fn note_commit(&self) {
        if !self.enabled {
            return;
        }
        let now = u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.last_commit_nanos.store(now, Ordering::Relaxed);
        let newly_dirty =
            self.dirty.load(Ordering::Relaxed) == 0 && self.dirty.swap(1, Ordering::SeqCst) == 0;
        let too_long = self.has_grown()
            && self.asked.load(Ordering::Relaxed) == 0
            && self.asked.swap(1, Ordering::SeqCst) == 0;
        if newly_dirty || too_long {
            self.maintenance.nudge();
        }
    }

    /// Empties the log on the writer's own connection; `false` when a reader did not let it.
    pub(crate) fn relieve(&self, connection: &Connection) -> Result<bool> {
        let done = empty(connection)?;
        if !done.busy {
            self.pages.store(0, Ordering::Relaxed);
        }
        Ok(!done.busy)
    }

    /// What the maintenance thread does when it was nudged or its time has come. `Some` tells how it went.
    pub(crate) fn tend(&self, connection: &Connection) -> Option<Result<Checkpoint>> {
        if !self.enabled || self.dirty.load(Ordering::SeqCst) == 0 {
            return None;
        }
        if self.idle_for() >= IDLE_AFTER {
            return Some(self.truncate(connection));
        }
        let size = self.size_bytes();
        (self.asked.load(Ordering::SeqCst) == 1 && size > self.soft_bytes).then(|| {
            self.next_bytes
                .store(size + self.soft_bytes, Ordering::Relaxed);
            let done = checkpoint(connection, CheckpointMode::Passive);
            if let Ok(done) = &done {
                self.copied_frames
                    .store(done.checkpointed_frames, Ordering::Relaxed);
            }
            done
        })
    }

    /// Finishes, on the writer's connection, a checkpoint that the maintenance thread has all but done: the few frames
    /// that were committed meanwhile are copied, and the next commit begins the log anew. A log that is overwritten is
    /// cheaper to sync than one that grows, because the file's length need not be written as well.
    pub(crate) fn finish_checkpoint(&self, connection: &Connection) {
        if self.copied_frames.load(Ordering::Relaxed) == 0 {
            return;
        }
        let copied = self.copied_frames.swap(0, Ordering::Relaxed);
        let left = self.pages.load(Ordering::Relaxed).checked_sub(copied);
        if left.is_some_and(|left| left <= LAST_FRAMES) {
            // One that fails is tried again by the maintenance thread, which reports it.
            let _ = checkpoint(connection, CheckpointMode::Passive);
        }
    }

    /// Whether the log is past its soft limit, and by as much again past where it was checkpointed last. Under load the
    /// writer is always a few frames ahead of a checkpoint and goes on at the log's end, so that the length alone would
    /// ask for one checkpoint after the other.
    fn has_grown(&self) -> bool {
        let size = self.size_bytes();
        if size <= self.soft_bytes {
            self.next_bytes.store(self.soft_bytes, Ordering::Relaxed);
            return false;
        }
        size > self.next_bytes.load(Ordering::Relaxed)
    }

    fn truncate(&self, connection: &Connection) -> Result<Checkpoint> {
        self.dirty.store(0, Ordering::SeqCst);
        let done = empty(connection);
        match &done {
            Ok(done) if !done.busy => {
                if self.dirty.load(Ordering::SeqCst) == 0 {
                    self.pages.store(0, Ordering::Relaxed);
                }
            }
            _ => self.dirty.store(1, Ordering::SeqCst),
        }
        done
    }

    fn idle_for(&self) -> Duration {
        let last = Duration::from_nanos(self.last_commit_nanos.load(Ordering::Relaxed));
        self.epoch.elapsed().saturating_sub(last)
    }

    /// When the maintenance thread must look again although nobody called it.
    pub(crate) fn next_look(&self) -> Option<Instant> {
        if !self.enabled || self.dirty.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let until_idle = IDLE_AFTER.saturating_sub(self.idle_for()).max(RETRY_AFTER);
        let wait = match self.asked.swap(0, Ordering::SeqCst) {
            1 => RETRY_AFTER,
            _ => until_idle,
        };
        Some(Instant::now() + wait)
    }

    /// Whether another connection than the writer's has committed since the last look.
    pub(crate) fn foreign_change(&self, connection: &Connection) -> bool {
        let version = pragma_number(connection, "data_version").unwrap_or(0);
        let version = u64::try_from(version).unwrap_or(0);
        self.data_version.swap(version, Ordering::Relaxed) != version
    }
}

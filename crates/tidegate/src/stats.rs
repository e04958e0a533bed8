//! What a database says about itself: counts, gauges and histograms, all since it was opened.

use serde::Serialize;

use crate::error::ErrorKind;
pub use crate::histogram::Summary;

mod begun;
mod count;
#[cfg_attr(not(feature = "metrics"), path = "stats/silent.rs")]
mod emit;
mod errors;
mod hub;
mod pool;
mod recorder;

pub(crate) use begun::InFlight;
pub use errors::ErrorCounts;
pub(crate) use hub::Hub;
pub(crate) use pool::PoolGauge;
pub use pool::PoolStats;
pub(crate) use recorder::Recorder;

/// The class that a call is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallClass {
    /// A query, a `read` closure, or a statement of a snapshot.
    Read,
    /// One statement, batch or closure that writes, in the group commit.
    Write,
    /// A statement, commit or rollback of an interactive transaction.
    Transaction,
    /// A chunk of rows of a stream.
    Stream,
    /// Backup, checkpoint, integrity check, migration and the like.
    Maintenance,
}

impl CallClass {
    /// Every class, in the order of their numbers.
    pub(crate) const ALL: [Self; 5] = [
        Self::Read,
        Self::Write,
        Self::Transaction,
        Self::Stream,
        Self::Maintenance,
    ];

    /// The name under which the class is reported: `read`, `write` and so on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Transaction => "transaction",
            Self::Stream => "stream",
            Self::Maintenance => "maintenance",
        }
    }
}

/// The state of a database at one moment.
///
/// Counts grow from the opening of the database on and are never reset. Figures of different threads are read one
/// after the other, so a sum may be ahead of another by the calls that ended meanwhile; once nothing is in flight,
/// `started == succeeded + errors.total()` holds for every class.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// Calls by class.
    pub calls: CallsByClass,
    /// The one connection that writes.
    pub writer: WriterStats,
    /// The connections that read.
    pub readers: PoolStats,
    /// Work on its way to the readers and at them.
    pub read_lane: LaneStats,
    /// Work on its way to the writer and at it.
    pub write_lane: LaneStats,
    /// The write-ahead log.
    pub wal: WalStats,
    /// The caches of prepared statements, all connections together.
    pub statements: StatementStats,
    /// Rows handed to callers by queries.
    pub rows_read: u64,
    /// Rows inserted, updated or deleted by statements that were committed or are about to be.
    pub rows_changed: u64,
}

/// One [`CallStats`] for every [`CallClass`].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CallsByClass {
    /// [`CallClass::Read`].
    pub read: CallStats,
    /// [`CallClass::Write`].
    pub write: CallStats,
    /// [`CallClass::Transaction`].
    pub transaction: CallStats,
    /// [`CallClass::Stream`].
    pub stream: CallStats,
    /// [`CallClass::Maintenance`].
    pub maintenance: CallStats,
}

impl CallsByClass {
    /// The figures of one class.
    #[must_use]
    pub const fn of(&self, class: CallClass) -> &CallStats {
        match class {
            CallClass::Read => &self.read,
            CallClass::Write => &self.write,
            CallClass::Transaction => &self.transaction,
            CallClass::Stream => &self.stream,
            CallClass::Maintenance => &self.maintenance,
        }
    }
}

/// Calls of one class.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CallStats {
    /// Calls that were begun (a future counts from its first poll).
    pub started: u64,
    /// Calls begun and not yet ended: waiting for a queue, queued, or running.
    pub in_flight: u64,
    /// Calls that ended without an error.
    pub succeeded: u64,
    /// Calls that ended with an error, by its kind.
    pub errors: ErrorCounts,
    /// Of the errors, those whose deadline had passed.
    pub deadline: u64,
    /// Of the errors, those that the caller cancelled, by a token or by dropping the future.
    pub cancelled: u64,
    /// From the call to the start of its execution (or to its end, where it never started), in microseconds.
    pub queue_wait_us: Summary,
    /// From the start of the execution to its end, in microseconds; calls that never started are not in here.
    pub execution_us: Summary,
}

/// The one connection that writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WriterStats {
    /// Transactions committed by the writer, each of one or of several jobs.
    pub group_commits: u64,
    /// Jobs that those transactions contained.
    pub jobs_committed: u64,
    /// Jobs per commit.
    pub group_size: Summary,
    /// Times that a lock held by another process made the writer wait and try again.
    pub busy_retries: u64,
    /// Jobs that were run a second time because a neighbour took the group's transaction down.
    pub replays: u64,
}

/// Work on its way to connections of one kind, and at them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LaneStats {
    /// Jobs that a connection is executing.
    pub in_flight: usize,
    /// Jobs in the queue.
    pub queued: usize,
    /// Callers waiting for room in the queue.
    pub waiting: usize,
}

impl LaneStats {
    pub(crate) const fn new(in_flight: usize, queued: usize, waiting: usize) -> Self {
        Self {
            in_flight,
            queued,
            waiting,
        }
    }
}

/// The write-ahead log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WalStats {
    /// Its size as of the last commit or checkpoint, in bytes.
    pub size_bytes: u64,
    /// Checkpoints that were run, automatic or asked for.
    pub checkpoints: u64,
    /// Of those, the ones that a reader or another process kept from finishing.
    pub checkpoints_busy: u64,
}

/// The caches of prepared statements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StatementStats {
    /// Statements found prepared.
    pub hits: u64,
    /// Statements that had to be prepared.
    pub misses: u64,
}

impl StatementStats {
    /// The share of statements found prepared, between 0 and 1; `None` before the first one.
    #[must_use]
    pub fn hit_rate(&self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all > 0).then(|| self.hits as f64 / all as f64)
    }
}

/// The gauges that only the core can read, at the moment of a [`Hub::stats`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gauges {
    pub(crate) readers: PoolStats,
    pub(crate) read_lane: LaneStats,
    pub(crate) write_lane: LaneStats,
    pub(crate) wal_size_bytes: u64,
}

/// How a call ended: without an error, or with one of this kind.
pub(crate) type Outcome = Result<(), ErrorKind>;

#[cfg(test)]
mod tests;

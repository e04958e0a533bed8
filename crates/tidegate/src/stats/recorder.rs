//! Recording, on the thread of a connection.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::count::Count;
use super::emit::{Emitter, Keys};
use super::errors::ErrorCells;
use super::{CallClass, Outcome};
use crate::histogram::{Histogram, bump};

/// Counts what one thread does. Not `Sync` and not `Clone`: that makes it the only writer of its slot.
#[derive(Debug)]
pub(crate) struct Recorder {
    slot: Arc<Slot>,
    emitter: Emitter,
    one_thread: PhantomData<Cell<()>>,
}

impl Recorder {
    /// The slot must be new, or claimed.
    pub(super) fn new(slot: Arc<Slot>, keys: &Arc<Keys>) -> Self {
        Self {
            slot,
            emitter: Emitter::new(keys),
            one_thread: PhantomData,
        }
    }

    /// A call has ended: it waited, then it ran, with this outcome.
    pub(crate) fn call(&self, class: CallClass, waited: Duration, ran: Duration, outcome: Outcome) {
        let calls = self.ended(class, waited, outcome);
        calls.ran.record(nanos(ran));
        self.emitter.executed(class, ran);
    }

    /// A call has ended without having run: it failed, expired or was cancelled before.
    pub(crate) fn unexecuted(&self, class: CallClass, waited: Duration, outcome: Outcome) {
        self.ended(class, waited, outcome);
    }

    /// Rows were handed to a caller.
    pub(crate) fn rows_read(&self, rows: u64) {
        self.count(Count::RowsRead, rows);
    }

    /// Rows were inserted, updated or deleted.
    pub(crate) fn rows_changed(&self, rows: u64) {
        self.count(Count::RowsChanged, rows);
    }

    /// A transaction of `jobs` jobs was committed.
    pub(crate) fn group(&self, jobs: u64) {
        self.count(Count::GroupCommits, 1);
        self.count(Count::JobsCommitted, jobs);
        self.slot
            .group_size
            .get_or_init(Histogram::new)
            .record(jobs);
        self.emitter.group(jobs);
    }

    /// Connections found the database locked by another process and tried again.
    pub(crate) fn busy_retries(&self, retries: u64) {
        self.count(Count::BusyRetries, retries);
    }

    /// `jobs` jobs are run again after their group's transaction was taken down.
    pub(crate) fn replayed(&self, jobs: u64) {
        self.count(Count::Replays, jobs);
    }

    /// Statements found prepared, and statements that had to be prepared.
    pub(crate) fn statements(&self, hits: u64, misses: u64) {
        self.count(Count::StatementHits, hits);
        self.count(Count::StatementMisses, misses);
    }

    /// A checkpoint was run; `busy`: something kept it from finishing.
    pub(crate) fn checkpoint(&self, busy: bool) {
        self.count(Count::Checkpoints, 1);
        self.count(Count::CheckpointsBusy, u64::from(busy));
    }

    fn ended(&self, class: CallClass, waited: Duration, outcome: Outcome) -> &Calls {
        let calls = self.slot.calls[class as usize].get_or_init(Box::default);
        calls.waited.record(nanos(waited));
        match outcome {
            Ok(()) => bump(&calls.succeeded, 1),
            Err(kind) => calls.errors.count(kind),
        }
        self.emitter.ended(class, waited, outcome);
        calls
    }

    fn count(&self, count: Count, by: u64) {
        if by > 0 {
            bump(&self.slot.counts[count as usize], by);
            self.emitter.count(count, by);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.slot.free.store(true, Ordering::Release);
    }
}

/// The counters of one recorder, handed on to another one when its thread ends.
#[derive(Debug, Default)]
pub(super) struct Slot {
    free: AtomicBool,
    counts: [AtomicU64; Count::ALL.len()],
    /// Allocated at the first call of a class: a reader never has a write to count.
    calls: [OnceLock<Box<Calls>>; CallClass::ALL.len()],
    group_size: OnceLock<Histogram>,
}

impl Slot {
    /// Takes the slot over from a recorder that is gone, and sees all that it wrote.
    pub(super) fn claim(&self) -> bool {
        self.free.swap(false, Ordering::Acquire)
    }

    pub(super) fn read(&self, count: Count) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    pub(super) fn calls(&self, class: CallClass) -> Option<&Calls> {
        self.calls[class as usize].get().map(Box::as_ref)
    }

    pub(super) fn group_size(&self) -> Option<&Histogram> {
        self.group_size.get()
    }
}

/// The calls of one class.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) waited: Histogram,
    pub(super) ran: Histogram,
    pub(super) errors: ErrorCells,
    succeeded: AtomicU64,
}

impl Calls {
    pub(super) fn succeeded(&self) -> u64 {
        self.succeeded.load(Ordering::Relaxed)
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            waited: Histogram::new(),
            ran: Histogram::new(),
            errors: ErrorCells::default(),
            succeeded: AtomicU64::new(0),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

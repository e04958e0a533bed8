//! Adds up what the threads of one database record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::begun::{Begun, InFlight};
use super::count::Count;
use super::emit::{self, Keys};
use super::recorder::{Recorder, Slot};
use super::{
    CallClass, CallStats, CallsByClass, ErrorCounts, Gauges, StatementStats, Stats, WalStats,
    WriterStats,
};
use crate::error::ErrorKind;
use crate::histogram::Tally;

const NANOS_PER_MICRO: f64 = 1_000.0;

/// All that one database counts.
#[derive(Debug)]
pub(crate) struct Hub {
    keys: Arc<Keys>,
    begun: Begun,
    slots: Mutex<Vec<Arc<Slot>>>,
    /// For calls that end without reaching a connection, on whatever thread the caller is.
    outside: Mutex<Recorder>,
}

impl Hub {
    /// The hub of the database of this name, with which all that is emitted is labelled.
    pub(crate) fn for_database(name: &str) -> Arc<Self> {
        let keys = Arc::new(Keys::new(name));
        keys.describe();
        let slot = Arc::new(Slot::default());
        Arc::new(Self {
            begun: Begun::new(),
            slots: Mutex::new(vec![Arc::clone(&slot)]),
            outside: Mutex::new(Recorder::new(slot, &keys)),
            keys,
        })
    }

    /// A recorder for one connection's thread. What it counts stays in the statistics after it has gone.
    pub(crate) fn recorder(&self) -> Recorder {
        let mut slots = lock(&self.slots);
        let free = slots.iter().find(|slot| slot.claim()).cloned();
        let slot = free.unwrap_or_else(|| {
            let slot = Arc::new(Slot::default());
            slots.push(Arc::clone(&slot));
            slot
        });
        Recorder::new(slot, &self.keys)
    }

    /// Counts a call in, and out again when the guard goes, however it ends.
    pub(crate) fn begin(&self, class: CallClass) -> InFlight {
        self.begun.add(class)
    }

    /// The recorder for what happens on callers' threads; held only for the moment of recording.
    pub(crate) fn outside(&self) -> MutexGuard<'_, Recorder> {
        lock(&self.outside)
    }

    /// Everything at this moment; the core adds the gauges that only it can read.
    pub(crate) fn stats(&self, gauges: Gauges) -> Stats {
        let slots = lock(&self.slots);
        let total = |count| slots.iter().map(|slot| slot.read(count)).sum();
        let stats = Stats {
            calls: self.calls(&slots),
            writer: writer(&slots),
            readers: gauges.readers,
            read_lane: gauges.read_lane,
            write_lane: gauges.write_lane,
            wal: WalStats {
                size_bytes: gauges.wal_size_bytes,
                checkpoints: total(Count::Checkpoints),
                checkpoints_busy: total(Count::CheckpointsBusy),
            },
            statements: StatementStats {
                hits: total(Count::StatementHits),
                misses: total(Count::StatementMisses),
            },
            rows_read: total(Count::RowsRead),
            rows_changed: total(Count::RowsChanged),
        };
        drop(slots);
        emit::gauges(&self.keys, &stats);
        stats
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        lock(&self.slots).len()
    }

    fn calls(&self, slots: &[Arc<Slot>]) -> CallsByClass {
        let of = |class| self.class(class, slots);
        CallsByClass {
            read: of(CallClass::Read),
            write: of(CallClass::Write),
            transaction: of(CallClass::Transaction),
            stream: of(CallClass::Stream),
            maintenance: of(CallClass::Maintenance),
        }
    }

    fn class(&self, class: CallClass, slots: &[Arc<Slot>]) -> CallStats {
        let (started, in_flight) = self.begun.read(class);
        let (mut waited, mut ran) = (Tally::new(), Tally::new());
        let (mut succeeded, mut errors) = (0, ErrorCounts::default());
        for calls in slots.iter().filter_map(|slot| slot.calls(class)) {
            waited.add(&calls.waited);
            ran.add(&calls.ran);
            succeeded += calls.succeeded();
            errors.add(&calls.errors);
        }
        CallStats {
            started,
            in_flight,
            succeeded,
            deadline: errors.of(ErrorKind::Deadline),
            cancelled: errors.of(ErrorKind::Cancelled),
            errors,
            queue_wait_us: waited.summary(NANOS_PER_MICRO),
            execution_us: ran.summary(NANOS_PER_MICRO),
        }
    }
}

fn writer(slots: &[Arc<Slot>]) -> WriterStats {
    let total = |count| slots.iter().map(|slot| slot.read(count)).sum();
    let mut group_size = Tally::new();
    let histograms = slots.iter().filter_map(|slot| slot.group_size());
    histograms.for_each(|histogram| group_size.add(histogram));
    WriterStats {
        group_commits: total(Count::GroupCommits),
        jobs_committed: total(Count::JobsCommitted),
        group_size: group_size.summary(1.0),
        busy_retries: total(Count::BusyRetries),
        replays: total(Count::Replays),
    }
}

/// Locks even after a panic elsewhere: counters are valid at every moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

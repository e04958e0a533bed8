//! Recording on the connections' threads, and the hub that adds the threads up.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::{
    CallClass, CallStats, CallsByClass, ErrorCounts, Gauges, Outcome, StatementStats, Stats,
    WalStats, WriterStats,
};
use crate::error::ErrorKind;
use crate::histogram::{Histogram, Tally, bump};

const NANOS_PER_MICRO: f64 = 1_000.0;

/// All that one database counts.
#[derive(Debug)]
pub(crate) struct Hub {
    flights: [Flights; CallClass::ALL.len()],
    slots: Mutex<Vec<Arc<Slot>>>,
    /// For calls that end without reaching a connection, on whatever thread the caller is.
    outside: Mutex<Recorder>,
}

impl Hub {
    pub(crate) fn new() -> Arc<Self> {
        #[cfg(feature = "metrics")]
        super::emit::describe();
        let outside = Recorder::new();
        Arc::new(Self {
            flights: Default::default(),
            slots: Mutex::new(vec![Arc::clone(&outside.slot)]),
            outside: Mutex::new(outside),
        })
    }

    /// A recorder for one connection's thread. What it counts stays in the statistics after it has gone.
    pub(crate) fn recorder(&self) -> Recorder {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.iter().find(|slot| slot.claim()) {
            return Recorder::over(Arc::clone(slot));
        }
        let recorder = Recorder::new();
        slots.push(Arc::clone(&recorder.slot));
        recorder
    }

    /// Counts a call in, and out again when the guard goes, however it ends.
    pub(crate) fn begin(self: &Arc<Self>, class: CallClass) -> InFlight {
        let flights = &self.flights[class as usize];
        flights.started.fetch_add(1, Ordering::Relaxed);
        InFlight {
            hub: Arc::clone(self),
            class,
        }
    }

    /// The recorder for what happens on callers' threads; held only for the moment of recording.
    pub(crate) fn outside(&self) -> MutexGuard<'_, Recorder> {
        lock(&self.outside)
    }

    /// Everything at this moment; the core adds the gauges that only it can read.
    pub(crate) fn stats(&self, gauges: Gauges) -> Stats {
        let slots = lock(&self.slots);
        let sum = |field: fn(&Slot) -> &AtomicU64| sum(&slots, field);
        let mut group_size = Tally::new();
        let groups = slots.iter().filter_map(|slot| slot.group_size.get());
        groups.for_each(|histogram| group_size.add(histogram));
        let stats = Stats {
            calls: self.calls(&slots),
            writer: WriterStats {
                group_commits: sum(|slot| &slot.group_commits),
                jobs_committed: sum(|slot| &slot.jobs_committed),
                group_size: group_size.summary(1.0),
                busy_retries: sum(|slot| &slot.busy_retries),
                replays: sum(|slot| &slot.replays),
            },
            readers: gauges.readers,
            read_lane: gauges.read_lane,
            write_lane: gauges.write_lane,
            wal: WalStats {
                size_bytes: gauges.wal_size_bytes,
                checkpoints: sum(|slot| &slot.checkpoints),
                checkpoints_busy: sum(|slot| &slot.checkpoints_busy),
            },
            statements: StatementStats {
                hits: sum(|slot| &slot.statement_hits),
                misses: sum(|slot| &slot.statement_misses),
            },
            rows_read: sum(|slot| &slot.rows_read),
            rows_changed: sum(|slot| &slot.rows_changed),
        };
        #[cfg(feature = "metrics")]
        super::emit::gauges(&stats);
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
        let (started, in_flight) = self.flights[class as usize].read();
        let (mut waited, mut ran) = (Tally::new(), Tally::new());
        let (mut succeeded, mut errors) = (0, ErrorCounts::default());
        for calls in slots.iter().filter_map(|slot| slot.calls(class).get()) {
            waited.add(&calls.waited);
            ran.add(&calls.ran);
            succeeded += calls.succeeded.load(Ordering::Relaxed);
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

fn sum(slots: &[Arc<Slot>], field: fn(&Slot) -> &AtomicU64) -> u64 {
    slots
        .iter()
        .map(|slot| field(slot).load(Ordering::Relaxed))
        .sum()
}

/// Locks even after a panic elsewhere: counters are valid at every moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls of one class that were begun and ended, counted by callers on any thread.
///
/// Aligned to a cache line, so that readers do not slow down writers' calls.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Flights {
    started: AtomicU64,
    ended: AtomicU64,
}

impl Flights {
    /// Calls begun, and those of them not yet ended.
    fn read(&self) -> (u64, u64) {
        // In this order: what has ended by now has started by now, so that the difference cannot be negative.
        let ended = self.ended.load(Ordering::Acquire);
        let started = self.started.load(Ordering::Acquire);
        (started, started - ended)
    }
}

/// A call that has begun; it counts as ended when this is dropped.
#[derive(Debug)]
#[must_use = "the call counts as ended when this is dropped"]
pub(crate) struct InFlight {
    hub: Arc<Hub>,
    class: CallClass,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let flights = &self.hub.flights[self.class as usize];
        flights.ended.fetch_add(1, Ordering::Release);
    }
}

/// Counts what one thread does. Not `Sync` and not `Clone`: that makes it the only writer of its slot.
#[derive(Debug)]
pub(crate) struct Recorder {
    slot: Arc<Slot>,
    one_thread: PhantomData<Cell<()>>,
}

impl Recorder {
    fn new() -> Self {
        Self::over(Arc::new(Slot::default()))
    }

    fn over(slot: Arc<Slot>) -> Self {
        Self {
            slot,
            one_thread: PhantomData,
        }
    }

    /// A call has ended: it waited, then it ran, with this outcome.
    pub(crate) fn call(&self, class: CallClass, waited: Duration, ran: Duration, outcome: Outcome) {
        let calls = self.ended(class, waited, outcome);
        calls.ran.record(nanos(ran));
        #[cfg(feature = "metrics")]
        super::emit::execution(class, ran);
    }

    /// A call has ended without having run: it failed, expired or was cancelled before.
    pub(crate) fn unexecuted(&self, class: CallClass, waited: Duration, outcome: Outcome) {
        self.ended(class, waited, outcome);
    }

    /// Rows were handed to a caller.
    pub(crate) fn rows_read(&self, rows: u64) {
        bump(&self.slot.rows_read, rows);
    }

    /// Rows were inserted, updated or deleted.
    pub(crate) fn rows_changed(&self, rows: u64) {
        bump(&self.slot.rows_changed, rows);
    }

    /// A transaction of `jobs` jobs was committed.
    pub(crate) fn group(&self, jobs: u64) {
        bump(&self.slot.group_commits, 1);
        bump(&self.slot.jobs_committed, jobs);
        self.slot
            .group_size
            .get_or_init(Histogram::new)
            .record(jobs);
        #[cfg(feature = "metrics")]
        super::emit::group(jobs);
    }

    /// The connection found the database locked by another process and tries again.
    pub(crate) fn busy_retry(&self) {
        bump(&self.slot.busy_retries, 1);
    }

    /// `jobs` jobs are run again after their group's transaction was taken down.
    pub(crate) fn replayed(&self, jobs: u64) {
        bump(&self.slot.replays, jobs);
    }

    /// Statements found prepared, and statements that had to be prepared.
    pub(crate) fn statements(&self, hits: u64, misses: u64) {
        bump(&self.slot.statement_hits, hits);
        bump(&self.slot.statement_misses, misses);
    }

    /// A checkpoint was run; `busy`: something kept it from finishing.
    pub(crate) fn checkpoint(&self, busy: bool) {
        bump(&self.slot.checkpoints, 1);
        bump(&self.slot.checkpoints_busy, u64::from(busy));
    }

    fn ended(&self, class: CallClass, waited: Duration, outcome: Outcome) -> &Calls {
        let calls = self.slot.calls(class).get_or_init(Box::default);
        calls.waited.record(nanos(waited));
        match outcome {
            Ok(()) => bump(&calls.succeeded, 1),
            Err(kind) => calls.errors.count(kind),
        }
        #[cfg(feature = "metrics")]
        super::emit::ended(class, waited, outcome);
        calls
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.slot.free.store(true, Ordering::Release);
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The counters of one recorder, handed on to another one when its thread ends.
#[derive(Debug, Default)]
struct Slot {
    free: AtomicBool,
    /// Allocated at the first call of a class: a reader never has a write to count.
    calls: [OnceLock<Box<Calls>>; CallClass::ALL.len()],
    group_size: OnceLock<Histogram>,
    group_commits: AtomicU64,
    jobs_committed: AtomicU64,
    busy_retries: AtomicU64,
    replays: AtomicU64,
    rows_read: AtomicU64,
    rows_changed: AtomicU64,
    statement_hits: AtomicU64,
    statement_misses: AtomicU64,
    checkpoints: AtomicU64,
    checkpoints_busy: AtomicU64,
}

impl Slot {
    fn calls(&self, class: CallClass) -> &OnceLock<Box<Calls>> {
        &self.calls[class as usize]
    }

    /// Takes the slot over from a recorder that is gone, and sees all that it wrote.
    fn claim(&self) -> bool {
        self.free.swap(false, Ordering::Acquire)
    }
}

#[derive(Debug)]
struct Calls {
    waited: Histogram,
    ran: Histogram,
    succeeded: AtomicU64,
    errors: super::errors::ErrorCells,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            waited: Histogram::new(),
            ran: Histogram::new(),
            succeeded: AtomicU64::new(0),
            errors: Default::default(),
        }
    }
}

//! The same figures through the `metrics` facade.
//!
//! Counters and histograms are emitted as things happen, the gauges whenever [`crate::Stats`] are asked for. Without a
//! recorder installed, each is a branch and an empty call.

mod cached;
mod keys;

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Histogram, Key, Level, Metadata, with_recorder};

use super::count::Count;
use super::{CallClass, Outcome, Stats};
use cached::Cached;
pub(super) use keys::Keys;

static METADATA: Metadata<'static> = Metadata::new("tidegate", Level::INFO, Some(module_path!()));

/// One thread's way to the facade.
#[derive(Debug)]
pub(super) struct Emitter {
    keys: Arc<Keys>,
    calls: [RefCell<CallHandles>; CallClass::ALL.len()],
    counts: [RefCell<Cached<Counter>>; Count::ALL.len()],
    group_size: RefCell<Cached<Histogram>>,
}

/// The handles that calls of one class need.
#[derive(Debug, Default)]
struct CallHandles {
    succeeded: Cached<Counter>,
    queue_wait: Cached<Histogram>,
    execution: Cached<Histogram>,
}

impl Emitter {
    pub(super) fn new(keys: &Arc<Keys>) -> Self {
        Self {
            keys: Arc::clone(keys),
            calls: Default::default(),
            counts: Default::default(),
            group_size: RefCell::default(),
        }
    }

    /// A call has ended.
    pub(super) fn ended(&self, class: CallClass, waited: Duration, outcome: Outcome) {
        let keys = &self.keys.calls[class as usize];
        let mut handles = self.calls[class as usize].borrow_mut();
        handles.queue_wait.get(&keys.queue_wait).record(waited);
        match outcome {
            Ok(()) => handles.succeeded.get(&keys.succeeded).increment(1),
            Err(kind) => counter(&keys.failed[kind as usize]).increment(1),
        }
    }

    /// The call that has ended had been executed.
    pub(super) fn executed(&self, class: CallClass, ran: Duration) {
        let key = &self.keys.calls[class as usize].execution;
        let mut handles = self.calls[class as usize].borrow_mut();
        handles.execution.get(key).record(ran);
    }

    /// The writer has committed a group.
    pub(super) fn group(&self, jobs: u64) {
        let mut handle = self.group_size.borrow_mut();
        handle.get(&self.keys.group_size).record(jobs as f64);
    }

    pub(super) fn count(&self, count: Count, by: u64) {
        let mut handle = self.counts[count as usize].borrow_mut();
        handle.get(&self.keys.counts[count as usize]).increment(by);
    }
}

/// The gauges of a snapshot.
pub(super) fn gauges(keys: &Keys, stats: &Stats) {
    // Once more, for a recorder that was installed after the database had been opened.
    keys.describe();
    for (class, keys) in CallClass::ALL.into_iter().zip(&keys.calls) {
        gauge(&keys.in_flight, stats.calls.of(class).in_flight as f64);
    }
    gauge(&keys.readers_active, stats.readers.active as f64);
    gauge(&keys.readers_idle, stats.readers.idle as f64);
    let lanes = [
        (&keys.read_lane, stats.read_lane),
        (&keys.write_lane, stats.write_lane),
    ];
    for (keys, lane) in lanes {
        gauge(&keys.queued, lane.queued as f64);
        gauge(&keys.waiting, lane.waiting as f64);
    }
    gauge(&keys.wal_size, stats.wal.size_bytes as f64);
}

fn gauge(key: &Key, value: f64) {
    with_recorder(|recorder| recorder.register_gauge(key, &METADATA).set(value));
}

fn counter(key: &Key) -> Counter {
    with_recorder(|recorder| recorder.register_counter(key, &METADATA))
}

#[cfg(test)]
mod tests;

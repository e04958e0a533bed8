//! Calls that have begun and those still in flight, counted by callers on any thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::CallClass;

/// Threads that begin calls spread over so many counters, lest they all write to one cache line.
const STRIPES: usize = 8;

/// One counter for each class and stripe.
#[derive(Debug)]
pub(super) struct Begun([[Arc<Counter>; CallClass::ALL.len()]; STRIPES]);

/// A call that has begun; it is in flight until this is dropped.
///
/// The number of references to a counter is the number of calls in flight, so that one atomic operation both keeps the
/// counter alive and counts.
#[derive(Debug)]
#[must_use = "the call counts as ended when this is dropped"]
pub(crate) struct InFlight(#[expect(dead_code, reason = "being held is its use")] Arc<Counter>);

/// Large enough that no two counters share a cache line.
#[derive(Debug, Default)]
struct Counter {
    begun: AtomicU64,
    _apart: [u64; 13],
}

impl Begun {
    pub(super) fn new() -> Self {
        Self(Default::default())
    }

    pub(super) fn add(&self, class: CallClass) -> InFlight {
        let counter = &self.0[stripe()][class as usize];
        counter.begun.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(counter))
    }

    /// Calls of a class that have begun, and those of them still in flight.
    pub(super) fn read(&self, class: CallClass) -> (u64, u64) {
        let (mut begun, mut in_flight) = (0, 0);
        for counter in self.0.iter().map(|stripe| &stripe[class as usize]) {
            let references = Arc::strong_count(counter) as u64;
            in_flight += references - 1;
            begun += counter.begun.load(Ordering::Relaxed);
        }
        // Nothing orders the two reads on every processor, but no call is in flight that has not begun.
        (begun.max(in_flight), in_flight)
    }
}

/// The stripe of the current thread.
fn stripe() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static STRIPE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES;
    }
    // A thread that is ending has no thread-local values left, and may as well use the first stripe.
    STRIPE.try_with(|stripe| *stripe).unwrap_or_default()
}

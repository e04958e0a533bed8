//! Durations of calls, gathered.

use std::time::Duration;

use bench_harness::Spread;
use hdrhistogram::Histogram;

/// The longest duration that is told apart, in nanoseconds: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// How long calls took.
#[derive(Debug, Clone)]
pub(crate) struct Durations(Histogram<u64>);

impl Durations {
    pub(crate) fn new() -> Self {
        let histogram = Histogram::new_with_max(LONGEST_NS, 3);
        Self(histogram.expect("invariant: three digits up to a minute are valid bounds"))
    }

    pub(crate) fn note(&mut self, took: Duration) {
        self.0.saturating_record(took.as_nanos() as u64);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let added = self.0.add(&other.0);
        added.expect("invariant: all histograms have the same bounds");
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread::from(&self.0)
    }
}

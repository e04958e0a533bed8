//! Durations of calls, gathered.

use std::time::Duration;

use bench_harness::Spread;
use hdrhistogram::Histogram;

/// The longest duration that is told apart, in nanoseconds: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// How long calls took.
#[derive(Debug, Clone)]
pub struct Durations(Histogram<u64>);

impl Default for Durations {
    fn default() -> Self {
        let histogram = Histogram::new_with_max(LONGEST_NS, 3);
        Self(histogram.expect("invariant: three digits up to a minute are valid bounds"))
    }
}

impl Durations {
    /// Takes in one call.
    pub fn note(&mut self, took: Duration) {
        self.0.saturating_record(took.as_nanos() as u64);
    }

    /// Takes in all that another has noted.
    pub fn add(&mut self, other: &Self) {
        let added = self.0.add(&other.0);
        added.expect("invariant: all histograms have the same bounds");
    }

    /// Their quantiles.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread::from(&self.0)
    }
}

//! Latencies and rates, as the benchmark and the demonstration take them.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde_json::{Value as Json, json};
use tidegate::{StallMonitor, StallReport};

use crate::output::micros;

const TICK: Duration = Duration::from_millis(1);
/// Percentiles are off by at most a hundredth of themselves.
const SIGNIFICANT_DIGITS: u8 = 2;
/// Calls that take longer count as this: an hour.
const LONGEST_NANOS: u64 = 3_600_000_000_000;

/// How long calls took.
#[derive(Clone, Debug)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> Self {
        let histogram = Histogram::new_with_max(LONGEST_NANOS, SIGNIFICANT_DIGITS);
        Self(histogram.expect("invariant: these bounds are allowed"))
    }

    pub(crate) fn note(&mut self, since: Instant) {
        let nanos = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record(nanos.max(1));
    }

    /// Those of several tasks together.
    pub(crate) fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::new();
        for one in all {
            // It fails only for values beyond the range, and both grow as they need.
            let _ = sum.0.add(&one.0);
        }
        sum
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time within which this share of the calls was answered, in microseconds.
    pub(crate) fn micros(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1e3
    }

    pub(crate) fn max_micros(&self) -> f64 {
        self.0.max() as f64 / 1e3
    }

    pub(crate) fn to_json(&self) -> Json {
        json!({
            "count": self.count(),
            "p50_us": self.micros(0.5),
            "p95_us": self.micros(0.95),
            "p99_us": self.micros(0.99),
            "max_us": self.max_micros(),
        })
    }

    /// `p50 80 µs, p99 1.2 ms`.
    pub(crate) fn to_text(&self) -> String {
        format!(
            "p50 {}, p99 {}, longest {}",
            micros(self.micros(0.5)),
            micros(self.micros(0.99)),
            micros(self.max_micros())
        )
    }
}

/// A ticker of one millisecond on the current runtime, while something else runs there.
#[derive(Debug)]
pub(crate) struct Ticker(StallMonitor);

impl Ticker {
    pub(crate) fn start() -> Self {
        let (monitor, ticker) = StallMonitor::new(TICK);
        tokio::spawn(ticker);
        Self(monitor)
    }

    pub(crate) fn stop(self) -> StallReport {
        self.0.report()
    }
}

//! What one process of the benchmarks answers.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The answer to a job, printed as one line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The work was done and measured.
    Measured(Box<Report>),
    /// The peer has no such call.
    Unsupported,
}

/// The figures of one measurement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The SQLite that did the work.
    pub sqlite_version: String,
    /// How many calls were answered while measured.
    pub operations: u64,
    /// How long was measured, in seconds.
    pub seconds: f64,
    /// How long the calls took; those with a deadline: how long after it they were answered.
    pub latency: Spread,
    /// How long the same calls took with nothing beside them, where the workload compares the two.
    pub idle_latency: Option<Spread>,
    /// How long the first call after each of them took, where the workload looks at that.
    pub next_latency: Option<Spread>,
    /// How late a one-millisecond ticker on the same runtime was polled.
    pub ticker_lag: Spread,
    /// Acknowledged writes for each commit, where the workload writes.
    pub writes_per_commit: Option<f64>,
    /// The process's peak resident memory, in KiB.
    pub peak_memory_kib: u64,
}

impl Report {
    /// Calls answered per second.
    #[must_use]
    pub fn throughput(&self) -> f64 {
        self.operations as f64 / self.seconds
    }
}

/// Quantiles of a duration, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// Half of the values are not above this.
    pub p50: u64,
    /// 95 % are not above this.
    pub p95: u64,
    /// 99 % are not above this.
    pub p99: u64,
    /// None is above this.
    pub max: u64,
}

impl From<&Histogram<u64>> for Spread {
    fn from(values: &Histogram<u64>) -> Self {
        Self {
            p50: values.value_at_quantile(0.50),
            p95: values.value_at_quantile(0.95),
            p99: values.value_at_quantile(0.99),
            max: values.max(),
        }
    }
}

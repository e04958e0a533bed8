//! Log-linear histograms: one thread records with plain stores, and any thread may read.
//!
//! A value below 16 has a bucket of its own; from there on every power of two is cut into 16 equal buckets. A bucket
//! answers with its middle, so that a percentile is off by at most 1/32 of itself, over the whole range of `u64`.
//! Count, mean and maximum are exact.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::Serialize;

/// Each power of two is cut into `2^SUB_BITS` buckets.
const SUB_BITS: u32 = 4;
const SUB: usize = 1 << SUB_BITS;
const BUCKETS: usize = SUB * (u64::BITS - SUB_BITS + 1) as usize;

/// What a histogram has seen, in the unit that the name of the field holding it says.
///
/// Percentiles are off by at most 1/32 of their value; count, mean and maximum are exact. All are zero while nothing
/// has been recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many values were recorded.
    pub count: u64,
    /// Their arithmetic mean.
    pub mean: f64,
    /// Half of the values are at or below this one.
    pub p50: f64,
    /// 95 % of the values are at or below this one.
    pub p95: f64,
    /// 99 % of the values are at or below this one.
    pub p99: f64,
    /// The largest value.
    pub max: f64,
}

/// Buckets written by one thread at a time.
///
/// The single writer is what makes recording cheap: a load and a store instead of a locked instruction. Two writers at
/// once would lose counts (nothing worse), so the owner of a histogram has to rule them out.
#[derive(Debug)]
pub(crate) struct Histogram {
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
    max: AtomicU64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self {
            buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
            max: AtomicU64::new(0),
        }
    }

    /// Counts one value. Only the owning thread calls this.
    pub(crate) fn record(&self, value: u64) {
        bump(&self.buckets[bucket_of(value)], 1);
        bump(&self.sum, value);
        if value > self.max.load(Relaxed) {
            self.max.store(value, Relaxed);
        }
    }

    /// Forgets everything. Only the owning thread calls this.
    pub(crate) fn clear(&self) {
        for cell in self.buckets.iter().chain([&self.sum, &self.max]) {
            cell.store(0, Relaxed);
        }
    }
}

/// Adds to a counter that has one writer at a time.
pub(crate) fn bump(cell: &AtomicU64, by: u64) {
    cell.store(cell.load(Relaxed).wrapping_add(by), Relaxed);
}

/// A copy of one or of several histograms taken together, to be summed up.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    buckets: Vec<u64>,
    sum: u64,
    max: u64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
            sum: 0,
            max: 0,
        }
    }

    pub(crate) fn add(&mut self, histogram: &Histogram) {
        for (total, cell) in self.buckets.iter_mut().zip(&histogram.buckets) {
            *total += cell.load(Relaxed);
        }
        self.sum = self.sum.saturating_add(histogram.sum.load(Relaxed));
        self.max = self.max.max(histogram.max.load(Relaxed));
    }

    /// The summary, with every recorded value divided by `unit`.
    pub(crate) fn summary(&self, unit: f64) -> Summary {
        let count = self.buckets.iter().sum();
        if count == 0 {
            return Summary::default();
        }
        let at = |quantile| self.quantile(quantile, count) as f64 / unit;
        Summary {
            count,
            mean: self.sum as f64 / count as f64 / unit,
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: self.max as f64 / unit,
        }
    }

    /// The value of the nearest rank: the smallest one with at least `quantile` of all values at or below it.
    fn quantile(&self, quantile: f64, count: u64) -> u64 {
        let rank = ((quantile * count as f64).ceil() as u64).clamp(1, count);
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|&n| {
            seen += n;
            seen >= rank
        });
        bucket.map_or(self.max, |index| middle_of(index).min(self.max))
    }
}

fn bucket_of(value: u64) -> usize {
    if value < SUB as u64 {
        return value as usize;
    }
    let shift = value.ilog2() - SUB_BITS;
    let sub = (value >> shift) as usize - SUB;
    SUB * (shift as usize + 1) + sub
}

/// The middle of a bucket, rounded down: at most 1/32 away from any value in it.
fn middle_of(bucket: usize) -> u64 {
    if bucket < SUB {
        return bucket as u64;
    }
    let shift = bucket / SUB - 1;
    let low = ((SUB + bucket % SUB) as u64) << shift;
    low + ((1_u64 << shift) - 1) / 2
}

#[cfg(test)]
mod tests;

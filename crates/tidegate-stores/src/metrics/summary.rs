//! What is kept of many values of one series: count, extremes, sum, spread, first, last, and how often it fell.

#[cfg(test)]
mod tests;

use super::quantiles::to_f64;
use super::units::MICROS_PER_SECOND;

/// How much longer than usual a gap at an edge may be for a series to be taken as going on to that edge.
const GAP_FACTOR: f64 = 1.1;

/// Samples in the order of their times, folded. Sums that grow beyond the largest number stop there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Summary {
    pub(super) count: u64,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) sum: f64,
    /// The sum of the squares of the distances from the mean, which unlike that of the squares keeps its digits.
    pub(super) m2: f64,
    pub(super) first_at: i64,
    pub(super) first: f64,
    pub(super) last_at: i64,
    pub(super) last: f64,
    /// The sum of the values from which it fell: a counter that falls has begun anew at zero.
    pub(super) drops: f64,
}

impl Summary {
    pub(super) fn of(at: i64, value: f64) -> Self {
        Self {
            count: 1,
            min: value,
            max: value,
            sum: value,
            m2: 0.0,
            first_at: at,
            first: value,
            last_at: at,
            last: value,
            drops: 0.0,
        }
    }

    /// Takes in the next sample.
    pub(super) fn push(&mut self, at: i64, value: f64) {
        self.merge(&Self::of(at, value));
    }

    /// Takes in the samples after these.
    pub(super) fn merge(&mut self, next: &Self) {
        let fallen_from = if next.first < self.last {
            self.last
        } else {
            0.0
        };
        self.drops = finite(self.drops + fallen_from + next.drops);
        self.pool(next);
        (self.last_at, self.last) = (next.last_at, next.last);
    }

    /// Takes in samples of another series: no order is between the two.
    pub(super) fn pool(&mut self, other: &Self) {
        let distance = other.mean() - self.mean();
        let weight = to_f64(self.count) * to_f64(other.count) / to_f64(self.count + other.count);
        self.m2 = finite(self.m2 + other.m2 + distance * distance * weight);
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum = finite(self.sum + other.sum);
    }

    pub(super) fn mean(&self) -> f64 {
        // Rounding must not put it outside.
        (self.sum / to_f64(self.count)).clamp(self.min, self.max)
    }

    /// Of the values as a sample of more; one value has none.
    pub(super) fn standard_deviation(&self) -> Option<f64> {
        let degrees = self.count.checked_sub(1).filter(|degrees| *degrees > 0)?;
        Some((self.m2 / to_f64(degrees)).sqrt())
    }

    /// The increase in each second of the window `from..to` (in microseconds) as Prometheus computes it, for a counter.
    /// One sample has none.
    pub(super) fn rate(&self, from: i64, to: i64) -> Option<f64> {
        let covered = seconds(self.first_at, self.last_at);
        if self.count < 2 || covered <= 0.0 || to <= from {
            return None;
        }
        let increase = finite(self.last - self.first + self.drops);
        let usual = covered / to_f64(self.count - 1);
        let edge = |gap: f64| {
            if gap < usual * GAP_FACTOR {
                gap
            } else {
                usual / 2.0
            }
        };
        let mut before = edge(seconds(from, self.first_at));
        if increase > 0.0 && self.first >= 0.0 {
            // A counter was not below zero: that is as far back as it can go on.
            before = before.min(covered * (self.first / increase));
        }
        let after = edge(seconds(self.last_at, to));
        let factor = (covered + before + after) / covered;
        Some(finite(increase * factor / seconds(from, to)))
    }
}

fn seconds(from: i64, to: i64) -> f64 {
    // A difference of times fits 53 bits.
    (to - from) as f64 / MICROS_PER_SECOND as f64
}

/// The nearest number that SQLite and JSON can hold.
fn finite(number: f64) -> f64 {
    match number.is_nan() {
        true => f64::MAX,
        false => number.clamp(f64::MIN, f64::MAX),
    }
}

//! Percentiles of many values in little room, with a known error.

mod encoding;
#[cfg(test)]
mod tests;

/// How far an estimated percentile may be from the exact one, relative to the larger of the two values that it lies
/// between.
pub const PERCENTILE_RELATIVE_ERROR: f64 = 1.0 / 128.0;

/// The bits of a number that a bucket ignores: those of the fraction but the first six.
const IGNORED_BITS: u32 = 46;
/// The first bucket of a normal number; what is smaller counts as zero.
const FIRST_KEY: i32 = 1 << (52 - IGNORED_BITS);

/// Counts of values in buckets that are each 1/64 of a power of two wide.
///
/// The bucket of a number is the beginning of its own bits, so that every machine agrees. Negative numbers have the
/// negative bucket; zero, and what is closer to it than a normal number can be, has bucket 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sketch {
    /// Bucket and count, sorted by bucket, none empty.
    buckets: Vec<(i32, u64)>,
}

impl Sketch {
    pub(super) fn push(&mut self, value: f64) {
        self.add(key(value), 1);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for &(key, count) in &other.buckets {
            self.add(key, count);
        }
    }

    /// The value of this rank, counted from zero among all values in order; `None` beyond the last.
    pub(super) fn at_rank(&self, rank: u64) -> Option<f64> {
        let mut before = 0_u64;
        for &(key, count) in &self.buckets {
            before = before.saturating_add(count);
            if rank < before {
                return Some(middle(key));
            }
        }
        None
    }

    fn add(&mut self, key: i32, count: u64) {
        // Most often it is the bucket of the value before, or a new last one.
        match self.buckets.binary_search_by_key(&key, |bucket| bucket.0) {
            Ok(at) => self.buckets[at].1 = self.buckets[at].1.saturating_add(count),
            Err(at) => self.buckets.insert(at, (key, count)),
        }
    }
}

fn key(value: f64) -> i32 {
    let size = i32::try_from(value.abs().to_bits() >> IGNORED_BITS).unwrap_or(i32::MAX);
    match size < FIRST_KEY {
        true => 0,
        false if value < 0.0 => -size,
        false => size,
    }
}

/// The number in the middle of a bucket.
fn middle(key: i32) -> f64 {
    if key == 0 {
        return 0.0;
    }
    let start = u64::from(key.unsigned_abs()) << IGNORED_BITS;
    let size = f64::from_bits(start | (1 << (IGNORED_BITS - 1)));
    if key < 0 { -size } else { size }
}

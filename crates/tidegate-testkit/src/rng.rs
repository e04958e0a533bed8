//! A small seeded generator of pseudo-random numbers whose seed is printed when its test fails.

use std::collections::hash_map::RandomState;
use std::env;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
use std::thread;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Environment variable that fixes the seed of [`Rng::from_env`].
pub const SEED_VARIABLE: &str = "TESTKIT_SEED";

/// A splitmix64 generator: deterministic for a seed, good enough for tests, not for secrets.
///
/// Dropped by a panicking thread, it prints its seed, so that a failure can be repeated.
pub struct Rng {
    seed: u64,
    state: u64,
}

impl Rng {
    /// A generator with a fixed seed.
    pub fn from_seed(seed: u64) -> Self {
        Rng { seed, state: seed }
    }

    /// A generator seeded by the variable [`SEED_VARIABLE`], or freshly where it is not set.
    ///
    /// # Panics
    /// When the variable is set and not a decimal number of 64 bits.
    pub fn from_env() -> Self {
        match env::var(SEED_VARIABLE) {
            Ok(text) => Rng::from_seed(
                text.parse()
                    .unwrap_or_else(|_| panic!("{SEED_VARIABLE} is not a number: {text}")),
            ),
            Err(_) => Rng::from_seed(RandomState::new().build_hasher().finish()),
        }
    }

    /// The seed it was made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A generator of its own for another thread; its numbers depend on this one's state alone.
    pub fn fork(&mut self) -> Self {
        Rng::from_seed(self.next_u64())
    }

    /// The next number, of all 64-bit numbers.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    ///
    /// # Panics
    /// When `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "no number is below 0");
        // The high word of the product; its bias is below bound / 2^64.
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// An index below `len`.
    ///
    /// # Panics
    /// When `len` is 0.
    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number within a range.
    ///
    /// # Panics
    /// When the range is empty.
    pub fn range(&mut self, range: Range<u64>) -> u64 {
        range.start + self.below(range.end.saturating_sub(range.start))
    }

    /// True in `hits` of `of` cases.
    ///
    /// # Panics
    /// When `of` is 0.
    pub fn chance(&mut self, hits: u64, of: u64) -> bool {
        self.below(of) < hits
    }

    /// A duration within a range, to the nanosecond.
    ///
    /// # Panics
    /// When the range is empty.
    pub fn duration(&mut self, range: Range<Duration>) -> Duration {
        let span = range.end.saturating_sub(range.start).as_nanos() as u64;
        range.start + Duration::from_nanos(self.below(span))
    }

    /// One of the items.
    ///
    /// # Panics
    /// When there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// Puts the items in a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.index(end + 1));
        }
    }
}

impl Drop for Rng {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!(
                "random seed of the failed test: {SEED_VARIABLE}={}",
                self.seed
            );
        }
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rng")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

//! Counts the calls of the last while, in slices that are forgotten one by one.

use std::time::{Duration, Instant};

const SLICES: usize = 10;

/// Calls of the last while, and how many of them failed.
#[derive(Debug)]
pub(super) struct Window {
    slice_time: Duration,
    /// When the first slice began: at the first call that was counted.
    origin: Option<Instant>,
    slices: [Slice; SLICES],
}

#[derive(Debug, Clone, Copy, Default)]
struct Slice {
    /// Counted from the origin.
    number: u128,
    tally: Tally,
}

/// How many calls ended, and how many of them failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) calls: u32,
    pub(super) failures: u32,
}

impl Window {
    pub(super) fn new(time: Duration) -> Self {
        let slices = u32::try_from(SLICES).expect("invariant: ten fits 32 bits");
        Self {
            slice_time: time / slices,
            origin: None,
            slices: [Slice::default(); SLICES],
        }
    }

    pub(super) fn clear(&mut self) {
        self.origin = None;
        self.slices = [Slice::default(); SLICES];
    }

    /// Counts a call that ended at `now`, which is not before any other.
    pub(super) fn count(&mut self, failed: bool, now: Instant) {
        let origin = *self.origin.get_or_insert(now);
        let number = self.number(origin, now);
        let index = usize::try_from(number % SLICES as u128).unwrap_or_default();
        let slice = &mut self.slices[index];
        if slice.number != number {
            *slice = Slice {
                number,
                tally: Tally::default(),
            };
        }
        slice.tally.calls = slice.tally.calls.saturating_add(1);
        slice.tally.failures = slice.tally.failures.saturating_add(failed.into());
    }

    pub(super) fn tally(&self, now: Instant) -> Tally {
        let Some(origin) = self.origin else {
            return Tally::default();
        };
        let oldest = self.number(origin, now).saturating_sub(SLICES as u128 - 1);
        let slices = self.slices.iter().filter(|slice| slice.number >= oldest);
        slices.fold(Tally::default(), |sum, slice| Tally {
            calls: sum.calls.saturating_add(slice.tally.calls),
            failures: sum.failures.saturating_add(slice.tally.failures),
        })
    }

    /// Which slice `now` belongs to.
    fn number(&self, origin: Instant, now: Instant) -> u128 {
        let since = now.saturating_duration_since(origin).as_nanos();
        since / self.slice_time.as_nanos().max(1)
    }
}

//! How often each key may be used: a bucket that leaks (GCRA).

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tidegate_stores::Id;

/// How many keys are remembered before those that are idle are forgotten.
const KEYS_REMEMBERED: usize = 10_000;

/// Counts the requests of each key.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    /// For each key, when its bucket will be empty.
    empty_at: Mutex<HashMap<Id, Instant>>,
}

impl RateLimiter {
    /// Counts a request at `now` of a key that may make `per_second` in the long run and `burst` at once.
    ///
    /// # Errors
    /// How long to wait, if it is one too many; it is not counted then.
    pub(crate) fn count(
        &self,
        key: Id,
        now: Instant,
        per_second: u32,
        burst: u32,
    ) -> Result<(), Duration> {
        if per_second == 0 {
            return Ok(());
        }
        let each = Duration::from_secs(1) / per_second;
        let room = each * burst.saturating_sub(1);
        let mut buckets = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS_REMEMBERED {
            buckets.retain(|_, empty_at| *empty_at > now);
        }
        let empty_at = buckets.entry(key).or_insert(now);
        let from = (*empty_at).max(now);
        match (from - now).checked_sub(room) {
            Some(over) if !over.is_zero() => Err(over),
            _ => {
                *empty_at = from + each;
                Ok(())
            }
        }
    }
}

//! How long to wait before the next attempt: plain arithmetic, without a clock or chance of its own.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::human_time;

#[cfg(test)]
mod tests;

/// How long to wait before the next attempt, and when to give up.
///
/// It keeps no state and reads no clock: the caller says how often and for how long it has tried, and gives a random
/// number. So it serves [`retry`](crate::retry), which waits in a future, as well as an outbox that keeps
/// its attempts in a table.
///
/// (The crate `backon` counts by iterators that cannot be asked for the n-th delay, has no linear growth, and its jitter
/// is always added on top, so that it has neither of the two forms here.)
///
/// ```
/// use std::time::Duration;
/// use tidegate_exec::{Backoff, Jitter, Tried};
///
/// let backoff = Backoff::exponential(Duration::from_secs(1)).jitter(Jitter::None).max_attempts(6);
/// let tried = Tried { attempts: 3, ..Tried::default() };
/// assert_eq!(backoff.next_delay(tried, fastrand::f64()), Ok(Duration::from_secs(4)));
/// ```
///
/// As part of a configuration file, everything may be left out:
///
/// ```toml
/// growth = "exponential"
/// first_delay = "200ms"
/// factor = 2.0
/// max_delay = "30s"
/// jitter = "full"
/// max_attempts = 5
/// max_elapsed = "5m"
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backoff {
    growth: Growth,
    #[serde(with = "human_time")]
    first_delay: Duration,
    factor: f64,
    #[serde(with = "human_time")]
    max_delay: Duration,
    jitter: Jitter,
    max_attempts: u32,
    #[serde(with = "human_time")]
    max_elapsed: Duration,
}

/// How the delay grows from one attempt to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// It stays as it is.
    Fixed,
    /// By the first delay each time: 1, 2, 3, …
    Linear,
    /// By the factor each time: 1, 2, 4, …
    Exponential,
}

/// How chance spreads those who failed at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jitter {
    /// Not at all.
    None,
    /// Anywhere between nothing and the delay.
    Full,
    /// Anywhere between half the delay and the delay.
    Equal,
}

/// What has been tried so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tried {
    /// Attempts that were made, the one that has just failed included.
    pub attempts: u32,
    /// Time since the first attempt was begun.
    pub elapsed: Duration,
    /// The time to wait that the other side asked for, such as by HTTP's `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// Why there is no next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    /// As many attempts were made as are allowed.
    Attempts,
    /// The next attempt would come later than is allowed.
    Elapsed,
}

impl Backoff {
    /// The same delay each time; otherwise as the default, which grows from 200 ms by 2 to at most 30 s, with full
    /// jitter, and gives up after 5 attempts or 5 minutes.
    #[must_use]
    pub fn fixed(delay: Duration) -> Self {
        Self::growing(Growth::Fixed, delay)
    }

    /// A delay that grows by `first` each time; otherwise as the default.
    #[must_use]
    pub fn linear(first: Duration) -> Self {
        Self::growing(Growth::Linear, first)
    }

    /// A delay that doubles each time, or grows by another [`factor`](Self::factor); otherwise as the default.
    #[must_use]
    pub fn exponential(first: Duration) -> Self {
        Self::growing(Growth::Exponential, first)
    }

    /// What an exponential delay is multiplied by each time; at least 1.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// No delay is longer, except where the other side asks for it.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// How chance spreads those who failed at the same moment.
    #[must_use]
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// How many attempts are made in all, the first included; at least 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// No attempt is begun later than this after the first. An attempt that runs is not stopped.
    #[must_use]
    pub fn max_elapsed(mut self, elapsed: Duration) -> Self {
        self.max_elapsed = elapsed;
        self
    }

    /// Checks all settings. Without it, a setting out of its range counts as the nearest that is allowed.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid), with the name of the setting and what is allowed.
    pub fn validate(&self) -> Result<()> {
        if self.max_attempts == 0 {
            return Err(Error::invalid(
                "max_attempts",
                "is 0: the first attempt counts",
            ));
        }
        if !(self.factor.is_finite() && self.factor >= 1.0) {
            let reason = format!("is {}: allowed is a number from 1", self.factor);
            return Err(Error::invalid("factor", reason));
        }
        if self.first_delay > self.max_delay {
            let reason = format!("is longer than `max_delay` ({:?})", self.max_delay);
            return Err(Error::invalid("first_delay", reason));
        }
        Ok(())
    }

    /// How long to wait before the next attempt.
    ///
    /// `random` is a number from 0 to 1, drawn anew each time. What the other side asks for is granted even beyond
    /// `max_delay`, but not beyond `max_elapsed`.
    ///
    /// # Errors
    /// Why there is no next attempt.
    pub fn next_delay(&self, tried: Tried, random: f64) -> Result<Duration, Exhausted> {
        if tried.attempts >= self.max_attempts {
            return Err(Exhausted::Attempts);
        }
        let delay = self.spread(self.full_delay(tried.attempts), random);
        let delay = delay.max(tried.retry_after.unwrap_or_default());
        if tried.elapsed.saturating_add(delay) > self.max_elapsed {
            return Err(Exhausted::Elapsed);
        }
        Ok(delay)
    }

    /// All delays in turn, if attempts take no time: what `random` is drawn from.
    pub fn delays<R: FnMut() -> f64>(&self, random: R) -> Delays<'_, R> {
        Delays {
            backoff: self,
            tried: Tried::default(),
            random,
        }
    }

    /// The delay after so many failed attempts, before chance takes part of it.
    fn full_delay(&self, attempts: u32) -> Duration {
        let first = self.first_delay;
        let step = attempts.max(1);
        let delay = match self.growth {
            Growth::Fixed => first,
            Growth::Linear => first.saturating_mul(step),
            Growth::Exponential => times(first, self.factor.max(1.0), step - 1),
        };
        delay.min(self.max_delay)
    }

    fn spread(&self, delay: Duration, random: f64) -> Duration {
        let random = if random.is_nan() {
            1.0
        } else {
            random.clamp(0.0, 1.0)
        };
        let share = match self.jitter {
            Jitter::None => return delay,
            Jitter::Full => random,
            Jitter::Equal => random.midpoint(1.0),
        };
        // Rounding may go up by a nanosecond.
        scaled(delay, share).min(delay)
    }

    fn growing(growth: Growth, first_delay: Duration) -> Self {
        let default = Self::default();
        Self {
            growth,
            first_delay,
            max_delay: default.max_delay.max(first_delay),
            ..default
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            growth: Growth::Exponential,
            first_delay: Duration::from_millis(200),
            factor: 2.0,
            max_delay: Duration::from_secs(30),
            jitter: Jitter::Full,
            max_attempts: 5,
            max_elapsed: Duration::from_secs(300),
        }
    }
}

/// `first` multiplied by `factor` so many times.
fn times(first: Duration, factor: f64, count: u32) -> Duration {
    match i32::try_from(count) {
        Ok(0) => first,
        Ok(count) => scaled(first, factor.powi(count)),
        Err(_) => scaled(first, factor.powf(f64::from(count))),
    }
}

/// The longest duration if the product is none.
fn scaled(duration: Duration, factor: f64) -> Duration {
    if duration.is_zero() {
        return duration;
    }
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// The delays of a [`Backoff`] in turn: see [`Backoff::delays`].
#[derive(Clone)]
pub struct Delays<'a, R> {
    backoff: &'a Backoff,
    tried: Tried,
    random: R,
}

impl<R: FnMut() -> f64> Iterator for Delays<'_, R> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.tried.attempts = self.tried.attempts.saturating_add(1);
        let delay = self.backoff.next_delay(self.tried, (self.random)()).ok()?;
        self.tried.elapsed = self.tried.elapsed.saturating_add(delay);
        Some(delay)
    }
}

impl<R> fmt::Debug for Delays<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delays")
            .field("backoff", self.backoff)
            .field("tried", &self.tried)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attempts => "as many attempts were made as are allowed",
            Self::Elapsed => "the next attempt would come later than is allowed",
        })
    }
}

impl std::error::Error for Exhausted {}

//! Makes an operation again and again, with waits in between, until it succeeds or it is time to give up.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::backoff::{Backoff, Exhausted, Tried};

#[cfg(test)]
mod tests;

/// An operation of which its author says that it may be made more than once.
///
/// Made again, a payment is paid twice. So [`retry`] takes no plain closure: whoever writes the call has to say
/// why repeating it is harmless.
#[derive(Clone)]
pub struct Repeatable<F> {
    reason: &'static str,
    operation: F,
}

impl<F> Repeatable<F> {
    /// Declares that `operation` may be made more than once, for `reason`. It gets the number of the attempt, from 1.
    pub fn because(reason: &'static str, operation: F) -> Self {
        Self { reason, operation }
    }
}

impl<F> fmt::Debug for Repeatable<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repeatable")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What to do about an error: the caller's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It would fail again.
    GiveUp,
    /// It may succeed next time.
    Retry,
    /// It may succeed next time, if that is not before this time has passed; what HTTP calls `Retry-After`.
    RetryAfter(Duration),
}

/// The last error of an operation that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct GaveUp<E> {
    /// What the last attempt failed with.
    pub error: E,
    /// How many attempts were made.
    pub attempts: u32,
    /// Time since the first attempt was begun.
    pub elapsed: Duration,
    /// Why there was no other attempt.
    pub because: GaveUpBecause,
}

/// Why there was no other attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaveUpBecause {
    /// The caller decided so.
    Decided,
    /// The backoff allowed no other.
    Exhausted(Exhausted),
}

/// Makes an operation until it succeeds, with waits in between.
///
/// `decide` tells which errors are worth another attempt. The waits are on Tokio's clock; chance comes from a generator
/// of the thread.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
/// use tidegate_exec::{Backoff, Decision, Repeatable, retry};
///
/// let backoff = Backoff::exponential(Duration::from_millis(1));
/// let fetch = Repeatable::because("it only reads", async |attempt| {
///     if attempt < 3 { Err("busy") } else { Ok("here") }
/// });
/// let fetched = retry(&backoff, fetch, |error| match *error {
///     "busy" => Decision::Retry,
///     _ => Decision::GiveUp,
/// });
/// assert_eq!(fetched.await, Ok("here"));
/// # }
/// ```
///
/// # Errors
/// The last error, with how often and how long was tried, and why no longer.
///
/// # Cancel safety
/// Dropping the future drops the attempt that runs, or ends the wait; no other attempt is made.
pub async fn retry<T, E, F>(
    backoff: &Backoff,
    mut repeatable: Repeatable<F>,
    mut decide: impl FnMut(&E) -> Decision,
) -> Result<T, GaveUp<E>>
where
    F: AsyncFnMut(u32) -> Result<T, E>,
{
    let begun = Instant::now();
    let mut tried = Tried::default();
    loop {
        tried.attempts = tried.attempts.saturating_add(1);
        let error = match (repeatable.operation)(tried.attempts).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        tried.elapsed = begun.elapsed();
        match next_delay(backoff, &mut tried, decide(&error)) {
            Ok(delay) => sleep(delay).await,
            Err(because) => return Err(gave_up(error, tried, because)),
        }
    }
}

fn next_delay(
    backoff: &Backoff,
    tried: &mut Tried,
    decision: Decision,
) -> Result<Duration, GaveUpBecause> {
    tried.retry_after = match decision {
        Decision::GiveUp => return Err(GaveUpBecause::Decided),
        Decision::Retry => None,
        Decision::RetryAfter(time) => Some(time),
    };
    let delay = backoff.next_delay(*tried, fastrand::f64());
    delay.map_err(GaveUpBecause::Exhausted)
}

fn gave_up<E>(error: E, tried: Tried, because: GaveUpBecause) -> GaveUp<E> {
    GaveUp {
        error,
        attempts: tried.attempts,
        elapsed: tried.elapsed,
        because,
    }
}

impl<E: fmt::Display> fmt::Display for GaveUp<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempts = match self.attempts {
            1 => "1 attempt".to_owned(),
            more => format!("{more} attempts"),
        };
        write!(f, "gave up after {attempts} in {:.1?}", self.elapsed)?;
        if let GaveUpBecause::Exhausted(exhausted) = self.because {
            write!(f, " ({exhausted})")?;
        }
        write!(f, ": {}", self.error)
    }
}

impl<E: std::error::Error + 'static> std::error::Error for GaveUp<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

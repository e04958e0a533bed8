//! Circuit breakers: a target that keeps failing is left alone for a while, then tried by one call.

mod circuit;
mod policy;
mod registry;
mod window;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use circuit::{BreakerSnapshot, BreakerState, Refused};
use circuit::{Circuit, Ticket, Verdict};
pub use policy::BreakerPolicy;
pub use registry::Breakers;

use crate::error::Result;

/// A circuit breaker: the guard in front of one target.
///
/// While calls succeed it is closed, and lets all through. When too many fail it opens, and refuses all for a while.
/// Then it is half-open: one call, the probe, is let through. If that succeeds the breaker closes, and if it fails the
/// breaker opens again, for longer.
///
/// It reads no clock: each call is told what time it is. Clones are the same breaker.
///
/// ```
/// use std::time::{Duration, Instant};
/// use tidegate_exec::{Breaker, BreakerPolicy, BreakerState, Refused};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let breaker = Breaker::new(BreakerPolicy::default().consecutive_failures(2).open_for(Duration::from_secs(30)))?;
/// let start = Instant::now();
/// for _ in 0..2 {
///     breaker.admit(start)?.failure(start);
/// }
/// let retry_in = Duration::from_secs(30);
/// assert_eq!(breaker.admit(start).unwrap_err(), Refused::Open { retry_in });
///
/// let later = start + retry_in;
/// let probe = breaker.admit(later)?;
/// assert_eq!(breaker.admit(later).unwrap_err(), Refused::Probing);
/// probe.success(later);
/// assert_eq!(breaker.snapshot(later).state, BreakerState::Closed);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Breaker {
    circuit: Arc<Mutex<Circuit>>,
}

impl Breaker {
    /// A closed breaker.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if the policy is.
    pub fn new(policy: BreakerPolicy) -> Result<Self> {
        policy.validate()?;
        Ok(Self::of(policy))
    }

    /// A closed breaker with a policy that was validated.
    fn of(policy: BreakerPolicy) -> Self {
        Self {
            circuit: Arc::new(Mutex::new(Circuit::new(policy))),
        }
    }

    /// Asks to call the target.
    ///
    /// # Errors
    /// Why it should be left alone.
    pub fn admit(&self, now: Instant) -> Result<Permit, Refused> {
        let ticket = self.lock().admit(now)?;
        Ok(Permit {
            breaker: self.clone(),
            ticket: Some(ticket),
        })
    }

    /// What the breaker thinks of its target.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> BreakerSnapshot {
        self.lock().snapshot(now)
    }

    /// Closes the breaker and forgets all failures; what calls that are under way say is ignored.
    pub fn reset(&self) {
        self.lock().close();
    }

    fn lock(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to make one call, which ends with a verdict.
///
/// Dropped without one, because the call was cancelled for instance, it counts neither as a success nor as a failure; the
/// place of the probe is free again. A verdict on a call that was admitted before the breaker last changed its state is
/// ignored.
#[must_use = "make the call, and say how it ended"]
#[derive(Debug)]
pub struct Permit {
    breaker: Breaker,
    /// Taken when the verdict is given.
    ticket: Option<Ticket>,
}

impl Permit {
    /// The target did what it should.
    pub fn success(self, now: Instant) {
        self.settle(Verdict::Success, now);
    }

    /// The target failed. Errors that are the caller's own fault are no failures of the target.
    pub fn failure(self, now: Instant) {
        self.settle(Verdict::Failure, now);
    }

    fn settle(mut self, verdict: Verdict, now: Instant) {
        if let Some(ticket) = self.ticket.take() {
            self.breaker.lock().settle(ticket, verdict, now);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.breaker.lock().abandon(ticket);
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { retry_in } => {
                write!(
                    f,
                    "the target kept failing and is left alone for another {retry_in:.1?}"
                )
            }
            Self::Probing => f.write_str("the target kept failing, and another call is trying it"),
            Self::Full => f.write_str("all breakers are in use by other targets"),
        }
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// When to try again, where that is known.
    #[must_use]
    pub fn retry_in(&self) -> Option<Duration> {
        match self {
            Self::Open { retry_in } => Some(*retry_in),
            Self::Probing | Self::Full => None,
        }
    }
}

//! Carrying notifications from the outbox to where they go.

mod compose;
mod dispatch;
mod errands;

use std::time::Duration;

use tidegate_deliver::{Courier, Failure};
use tidegate_exec::{Backoff, Jitter};

pub(crate) use dispatch::dispatch;
pub(crate) use errands::Errands;

/// The first wait after a failed attempt; it doubles up to the longest.
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// The longest wait, unless the receiver asks for a longer one.
const RETRY_LONGEST: Duration = Duration::from_secs(10 * 60);

/// What deliveries need that outlives each of them.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    courier: Courier,
    backoff: Backoff,
    /// The deliveries on their way.
    pub(crate) errands: Errands,
}

impl Dispatcher {
    /// # Errors
    /// When the system has no means for an HTTP client.
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self {
            courier: Courier::new()?,
            backoff: Backoff::exponential(RETRY_FIRST)
                .max_delay(RETRY_LONGEST)
                .jitter(Jitter::Equal)
                .max_attempts(u32::MAX)
                .max_elapsed(Duration::MAX),
            errands: Errands::default(),
        })
    }
}

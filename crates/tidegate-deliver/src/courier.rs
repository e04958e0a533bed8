//! Delivers one message to one target, within a time.

use std::fmt;
use std::time::{Duration, Instant};

use crate::failure::{Failure, FailureKind};
use crate::http::Clients;
use crate::lanes::Lanes;
use crate::message::Message;
use crate::target::{Means, Target};

/// The longest time that a delivery may take; longer timeouts are cut to it.
const MAX_TIMEOUT: Duration = Duration::from_secs(600);

/// Delivers messages. Cloning it is cheap, and all clones are one.
///
/// It keeps no message, tries nothing twice, and starts no task that outlives a delivery by more than a second.
#[derive(Clone)]
pub struct Courier {
    means: Means,
}

/// A message has been delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the receiver said to it, in one line, such as `answered 204`.
    pub status: String,
    /// How long the delivery took.
    pub latency: Duration,
}

impl Courier {
    /// A courier for all kinds of targets.
    ///
    /// # Errors
    /// [`Connect`](FailureKind::Connect) when the system has no means for an HTTP client.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self {
            means: Means {
                clients: Clients::new()?,
                lanes: Lanes::default(),
            },
        })
    }

    /// Delivers `message` to `target`, once.
    ///
    /// `timeout` is for all of it, the fetching of secrets and the resolving of names included, and is cut to 10 minutes.
    /// What a receiver sends is read up to a limit and never obeyed but for what its protocol says.
    ///
    /// It must be called within a Tokio runtime with its timer and network driver enabled.
    ///
    /// # Errors
    /// See [`FailureKind`]. After a failure that does not say that nothing was sent, the message may have been delivered
    /// nevertheless; [`Message::id`] lets the receiver know it when it comes again.
    ///
    /// # Cancel safety
    /// Dropping the future closes its connection and stops the delivery; the message may have been delivered
    /// nevertheless. What runs on Tokio's threads for blocking work goes on to its end: the resolving of a name, the
    /// reading of a secret, and one line to a file or the console, for which the next line to the same place waits.
    pub async fn deliver(
        &self,
        target: &Target,
        message: &Message,
        timeout: Duration,
    ) -> Result<Receipt, Failure> {
        let started = Instant::now();
        let delivery = async {
            target.check()?;
            message.check()?;
            target.send(&self.means, message).await
        };
        let timeout = timeout.min(MAX_TIMEOUT);
        let delivered = match tokio::time::timeout(timeout, delivery).await {
            Ok(delivered) => delivered,
            Err(_) => Err(Failure::new(
                FailureKind::Timeout,
                format!("no answer within {timeout:?}"),
            )),
        };
        match delivered {
            Ok(status) => Ok(Receipt {
                status,
                latency: started.elapsed(),
            }),
            Err(failure) => Err(failure.at(&place(target))),
        }
    }
}

/// How a target is named in failures.
fn place(target: &Target) -> String {
    let words = format!("{} {}", target.kind(), target.place());
    words.trim_end().to_owned()
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier").finish_non_exhaustive()
    }
}

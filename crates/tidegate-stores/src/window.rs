//! Spans of time that are asked about.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::error::{Error, Result};
use crate::timestamp::Timestamp;

/// The longest window.
pub const WINDOW_MAX: Duration = Duration::from_secs(3_660 * 86_400);

/// A span of time: what comes after its beginning, up to and with its end, as in Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    from: Timestamp,
    to: Timestamp,
}

impl Window {
    /// What comes after `from`, up to and with `to`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if `to` is not after `from`; [`Limit`](crate::ErrorKind::Limit)
    /// beyond [`WINDOW_MAX`].
    pub fn between(from: Timestamp, to: Timestamp) -> Result<Self> {
        if to <= from {
            return Err(Error::invalid(
                "window",
                format!("must end after it begins; {to} is not after {from}"),
            ));
        }
        check_length(to.saturating_since(from))?;
        Ok(Self { from, to })
    }

    /// The last `length` before `now`, `now` included.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for less than a microsecond; [`Limit`](crate::ErrorKind::Limit)
    /// beyond [`WINDOW_MAX`].
    pub fn before(now: Timestamp, length: Duration) -> Result<Self> {
        check_length(length)?;
        match now.saturating_sub(length) {
            from if from < now => Ok(Self { from, to: now }),
            _ => Err(Error::invalid(
                "window",
                "must be at least a microsecond long",
            )),
        }
    }

    /// Where it begins; this moment itself is outside.
    #[must_use]
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// Where it ends; this moment itself is inside.
    #[must_use]
    pub fn to(self) -> Timestamp {
        self.to
    }

    /// How long it is.
    #[must_use]
    pub fn length(self) -> Duration {
        self.to.saturating_since(self.from)
    }

    /// The window of the same length that ends where this one begins, shorter if it would begin before 1970; `None` if
    /// there is no time before.
    #[must_use]
    pub fn preceding(self) -> Option<Self> {
        Self::before(self.from, self.length()).ok()
    }
}

fn check_length(length: Duration) -> Result<()> {
    match length <= WINDOW_MAX {
        true => Ok(()),
        false => {
            let most = WINDOW_MAX.as_secs() / 86_400;
            Err(Error::limit("window", format!("at most {most} days")))
        }
    }
}

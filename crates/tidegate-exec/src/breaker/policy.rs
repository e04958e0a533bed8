//! When a breaker opens, and for how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::human_time;

/// A window of calls must be long enough to be cut in slices.
const WINDOW_MIN: Duration = Duration::from_millis(1);
/// Longer times are no service's, and would not fit a clock.
const TIME_MAX: Duration = Duration::from_secs(366 * 86_400);

/// When a [`Breaker`](crate::Breaker) opens, and for how long.
///
/// It opens after so many failures in a row, or when so large a share of the calls of the last while have failed,
/// whichever comes first.
///
/// As part of a configuration file, everything may be left out:
///
/// ```toml
/// consecutive_failures = 5
/// failure_ratio = 0.5
/// minimum_calls = 20
/// window = "1m"
/// open_for = "30s"
/// open_growth = 2.0
/// open_max = "10m"
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerPolicy {
    pub(super) consecutive_failures: u32,
    pub(super) failure_ratio: f64,
    pub(super) minimum_calls: u32,
    #[serde(with = "human_time")]
    pub(super) window: Duration,
    #[serde(with = "human_time")]
    open_for: Duration,
    open_growth: f64,
    #[serde(with = "human_time")]
    open_max: Duration,
}

impl BreakerPolicy {
    /// Opens after so many failures in a row; at least 1.
    #[must_use]
    pub fn consecutive_failures(mut self, failures: u32) -> Self {
        self.consecutive_failures = failures;
        self
    }

    /// Opens when this share of the window's calls, above 0 and up to 1, have failed.
    #[must_use]
    pub fn failure_ratio(mut self, ratio: f64) -> Self {
        self.failure_ratio = ratio;
        self
    }

    /// The share says nothing below so many calls; at least 1.
    #[must_use]
    pub fn minimum_calls(mut self, calls: u32) -> Self {
        self.minimum_calls = calls;
        self
    }

    /// For how long a call counts towards the share. It is cut in ten slices that are forgotten one by one, so that a
    /// call counts for nine to ten tenths of it.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// How long the breaker is open at first.
    #[must_use]
    pub fn open_for(mut self, time: Duration) -> Self {
        self.open_for = time;
        self.open_max = self.open_max.max(time);
        self
    }

    /// What that time is multiplied by each time the probe fails; at least 1.
    #[must_use]
    pub fn open_growth(mut self, factor: f64) -> Self {
        self.open_growth = factor;
        self
    }

    /// How long the breaker is open at most.
    #[must_use]
    pub fn open_max(mut self, time: Duration) -> Self {
        self.open_max = time;
        self
    }

    /// Checks all settings.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid), with the name of the setting and what is allowed.
    pub fn validate(&self) -> Result<()> {
        let ratio = self.failure_ratio;
        let growth = self.open_growth;
        let times = WINDOW_MIN..=TIME_MAX;
        for (name, fine, allowed) in [
            (
                "consecutive_failures",
                self.consecutive_failures > 0,
                "1 and more",
            ),
            (
                "failure_ratio",
                ratio > 0.0 && ratio <= 1.0,
                "above 0, up to 1",
            ),
            ("minimum_calls", self.minimum_calls > 0, "1 and more"),
            ("window", times.contains(&self.window), "1 ms to a year"),
            ("open_for", times.contains(&self.open_for), "1 ms to a year"),
            (
                "open_growth",
                growth.is_finite() && growth >= 1.0,
                "1 and more",
            ),
            (
                "open_max",
                (self.open_for..=TIME_MAX).contains(&self.open_max),
                "`open_for` to a year",
            ),
        ] {
            if !fine {
                return Err(Error::invalid(
                    name,
                    format!("is out of range: allowed is {allowed}"),
                ));
            }
        }
        Ok(())
    }

    /// How long the breaker is open when it has opened so many times in a row.
    pub(super) fn open_time(&self, openings: u32) -> Duration {
        let growth = self.open_growth.powf(f64::from(openings.saturating_sub(1)));
        let time = Duration::try_from_secs_f64(self.open_for.as_secs_f64() * growth);
        time.unwrap_or(Duration::MAX).min(self.open_max)
    }
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            consecutive_failures: 5,
            failure_ratio: 0.5,
            minimum_calls: 20,
            window: Duration::from_secs(60),
            open_for: Duration::from_secs(30),
            open_growth: 2.0,
            open_max: Duration::from_secs(600),
        }
    }
}

//! The section `[metrics]`: what the server measures of itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Wrong, duration};

/// What the server measures of itself and of the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Whether it does. Default: `true`.
    pub record_self: bool,
    /// How often. Default: 10 s.
    #[serde(with = "duration")]
    pub record_self_every: Duration,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self {
            record_self: true,
            record_self_every: Duration::from_secs(10),
        }
    }
}

impl MetricsConfig {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let (least, most) = (Duration::from_millis(100), Duration::from_secs(3_600));
        match (least..=most).contains(&self.record_self_every) {
            true => Ok(()),
            false => Err(Wrong::new(
                "metrics.record_self_every",
                "must lie between 100ms and 1h",
            )),
        }
    }
}

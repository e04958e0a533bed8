//! The section `[retention]`: how much is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_stores::{events, metrics};

use super::{Wrong, duration};

/// How much is kept. What is not said stays as the database has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RetentionConfig {
    /// How long each sample of a metric is kept; 2 days at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub samples: Option<Duration>,
    /// How long rollups of a minute are kept; 14 days at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Duration>,
    /// How long rollups of an hour are kept; 400 days at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub hours: Option<Duration>,
    /// How old events get; 90 days at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub events: Option<Duration>,
    /// How many events are kept; a million at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_max: Option<u64>,
    /// About how many bytes events take; 1 GiB at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_bytes_max: Option<u64>,
}

impl RetentionConfig {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        self.metrics(metrics::Retention::default())
            .map_err(|error| wrong(&error))?;
        self.events(events::Retention::default())
            .map_err(|error| wrong(&error))?;
        Ok(())
    }

    /// What is kept of metrics, where it was `before`.
    pub(crate) fn metrics(
        &self,
        before: metrics::Retention,
    ) -> tidegate_stores::Result<metrics::Retention> {
        metrics::Retention::new(
            self.samples.unwrap_or(before.samples),
            self.minutes.unwrap_or(before.minutes),
            self.hours.unwrap_or(before.hours),
        )
    }

    /// What is kept of events, where it was `before`.
    pub(crate) fn events(
        &self,
        before: events::Retention,
    ) -> tidegate_stores::Result<events::Retention> {
        events::Retention::new(
            self.events.unwrap_or(before.age),
            self.events_max.unwrap_or(before.events),
            self.events_bytes_max.unwrap_or(before.bytes),
        )
    }
}

/// The stores' names of what they refuse, in the words of the section.
fn wrong(error: &tidegate_stores::Error) -> Wrong {
    let key = match error.field() {
        Some("samples") => "retention.samples",
        Some("minutes") => "retention.minutes",
        Some("hours") => "retention.hours",
        Some("age") => "retention.events",
        Some("events") => "retention.events_max",
        _ => "retention.events_bytes_max",
    };
    Wrong::new(key, error.reason())
}

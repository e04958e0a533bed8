//! The section `[alerts]`: how often rules are evaluated, and how alerts are kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_stores::alerts::Settings;

use super::{Wrong, duration};

/// How often rules are evaluated, and how alerts are kept. What is not said of the latter stays as the database has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AlertsConfig {
    /// How often all rules are evaluated. Default: 15 s.
    #[serde(with = "duration")]
    pub evaluate_every: Duration,
    /// Whether the built-in rules are evaluated besides those of `[[rule]]`; one of the same name takes the place of a
    /// built-in one. Default: `true`.
    pub builtin_rules: bool,
    /// Where people reach this server, for links in messages: `https://tidegate.example.org`. Default: where it listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_url: Option<String>,
    /// How long resolved alerts and the ledger of notifications are kept; 90 days at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub keep_resolved: Option<Duration>,
    /// After how long a pushed alert without an end is resolved if nobody tells of it again; 5 minutes at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub resolve_timeout: Option<Duration>,
    /// How many occurrences of one alert are taken within `rate_window`; 20 at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_occurrences: Option<usize>,
    /// Over how long occurrences are counted; 5 minutes at first.
    #[serde(with = "duration::optional", skip_serializing_if = "Option::is_none")]
    pub rate_window: Option<Duration>,
}

impl Default for AlertsConfig {
    fn default() -> Self {
        Self {
            evaluate_every: Duration::from_secs(15),
            builtin_rules: true,
            external_url: None,
            keep_resolved: None,
            resolve_timeout: None,
            rate_occurrences: None,
            rate_window: None,
        }
    }
}

impl AlertsConfig {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let (least, most) = (Duration::from_millis(100), Duration::from_secs(3_600));
        if !(least..=most).contains(&self.evaluate_every) {
            let reason = "must lie between 100ms and 1h";
            return Err(Wrong::new("alerts.evaluate_every", reason));
        }
        let is_address = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if !self.external_url.as_ref().is_none_or(is_address) {
            let reason = "must begin with http:// or https://";
            return Err(Wrong::new("alerts.external_url", reason));
        }
        let settings = self.settings(Settings::default());
        settings.check().map_err(|error| {
            let field = error.field().unwrap_or_default();
            Wrong::new(format!("alerts.{field}"), error.reason().to_owned())
        })
    }

    /// What holds for all alerts, where it was `before`.
    pub(crate) fn settings(&self, before: Settings) -> Settings {
        let mut settings = before;
        settings.keep_resolved = self.keep_resolved.unwrap_or(before.keep_resolved);
        settings.resolve_timeout = self.resolve_timeout.unwrap_or(before.resolve_timeout);
        settings.rate_occurrences = self.rate_occurrences.unwrap_or(before.rate_occurrences);
        settings.rate_window = self.rate_window.unwrap_or(before.rate_window);
        settings
    }
}

//! One rule: which numbers make an alert.

mod check;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::comparison::Comparison;
use super::escalation::Escalation;
use super::no_data::NoData;
use super::template::Template;
use super::written;
use crate::error::Result;
use crate::labels::Labels;
use crate::matcher::Matcher;
use crate::metrics::{Aggregate, Query, Selector};
use crate::notify::Severity;

pub use check::{RULE_DURATION_MAX, RULE_LABELS_MAX, RULE_WINDOW_MIN};

/// Over how much time a rule looks that does not say it.
const WINDOW_DEFAULT: Duration = Duration::from_secs(5 * 60);

/// Which numbers make an alert: one for each series of a metric of which the condition holds.
///
/// It is read from any format that serde knows; unknown fields are refused. Durations are texts such as `5m` or
/// `1h 30m`, matchers are texts such as `env!="test"`:
///
/// ```
/// use tidegate_stores::alerts::Rule;
///
/// let rule: Rule = serde_json::from_str(r#"{
///     "name": "disk_full", "metric": "disk_used_ratio", "matchers": ["mount!=\"/tmp\""],
///     "aggregate": "last", "window": "2m", "operator": ">=", "threshold": 0.9, "for": "10m",
///     "severity": "critical",
///     "annotations": {"summary": "{{ $labels.mount }} is {{ $value }} full"},
///     "escalation": [{"after": "30m", "severity": "emergency", "targets": ["pager"]}]
/// }"#)?;
/// rule.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// Its name, and that of its alerts.
    pub name: String,
    /// The metric.
    pub metric: String,
    /// Which of its series; all without any.
    #[serde(
        default,
        with = "written::matchers",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub matchers: Vec<Matcher>,
    /// What number the samples of the window become; their mean if left out.
    #[serde(default = "mean", with = "written::aggregate")]
    pub aggregate: Aggregate,
    /// How far back it looks; 5 minutes if left out.
    #[serde(default = "window", with = "written::duration")]
    pub window: Duration,
    /// How the number is compared with the threshold.
    pub operator: Comparison,
    /// The threshold.
    pub threshold: f64,
    /// How long the condition must hold before the alert fires; at once if left out.
    #[serde(default, rename = "for", with = "written::duration")]
    pub hold: Duration,
    /// How long the condition must not hold before the alert is resolved; at once if left out.
    #[serde(default, with = "written::duration")]
    pub keep_firing_for: Duration,
    /// A series with fewer samples in the window is not compared: it opens nothing, and what is active stays. 1 if left out.
    #[serde(default = "one")]
    pub minimum_samples: u64,
    /// How urgent its alerts are.
    pub severity: Severity,
    /// How long after one was resolved no new alert is opened for the same series.
    #[serde(default, with = "written::duration")]
    pub cooldown: Duration,
    /// After how long people are told again; the notification's route says so if left out.
    #[serde(
        default,
        with = "written::optional_duration",
        skip_serializing_if = "Option::is_none"
    )]
    pub repeat_after: Option<Duration>,
    /// Labels that its alerts have besides those of the series. Where both have one, this is taken.
    #[serde(
        default,
        with = "written::labels",
        skip_serializing_if = "Labels::is_empty"
    )]
    pub labels: Labels,
    /// Texts for people, with `{{ $value }}` and `{{ $labels.NAME }}` for the number and for labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// What silence means.
    #[serde(default)]
    pub no_data: NoData,
    /// What happens while nobody acknowledges; each step later than the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<Escalation>,
    /// Whether it is evaluated.
    #[serde(default = "yes")]
    pub enabled: bool,
}

impl Rule {
    /// A rule with what each must have; the rest is as if left out.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        metric: impl Into<String>,
        operator: Comparison,
        threshold: f64,
        severity: Severity,
    ) -> Self {
        Self {
            name: name.into(),
            metric: metric.into(),
            matchers: Vec::new(),
            aggregate: mean(),
            window: window(),
            operator,
            threshold,
            hold: Duration::ZERO,
            keep_firing_for: Duration::ZERO,
            minimum_samples: one(),
            severity,
            cooldown: Duration::ZERO,
            repeat_after: None,
            labels: Labels::empty(),
            annotations: BTreeMap::new(),
            no_data: NoData::default(),
            escalation: Vec::new(),
            enabled: true,
        }
    }

    /// Refuses a rule that cannot work.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit); the
    /// [`field`](crate::Error::field) is the path of what is wrong: `escalation[0].after`.
    pub fn check(&self) -> Result<()> {
        check::check(self)
    }

    /// What to ask the metrics for.
    pub(super) fn query(&self) -> Result<Query> {
        let selector = Selector::new(&self.metric, self.matchers.clone())?;
        Ok(Query::new(selector, self.aggregate, self.window))
    }

    /// The annotations of one alert.
    pub(super) fn annotations_of(
        &self,
        value: Option<f64>,
        labels: &Labels,
    ) -> Result<BTreeMap<String, String>> {
        let filled = self.annotations.iter().map(|(name, text)| {
            let template = Template::parse("annotations", text)?;
            Ok((name.clone(), template.fill(value, labels)))
        });
        filled.collect()
    }
}

fn mean() -> Aggregate {
    Aggregate::Avg
}

fn window() -> Duration {
    WINDOW_DEFAULT
}

fn one() -> u64 {
    1
}

fn yes() -> bool {
    true
}

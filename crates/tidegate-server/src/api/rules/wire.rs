//! A rule as it goes over the wire.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_stores::Labels;
use tidegate_stores::alerts::{Escalation, Rule};
use utoipa::ToSchema;

use crate::api::alerts::matchers_of;
use crate::api::metrics::duration_of;
use crate::problem::Problem;

/// Which numbers make an alert: one for each series of a metric of which the condition holds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRule {
    /// Its name, and that of its alerts.
    pub(super) name: String,
    /// The metric.
    pub(super) metric: String,
    /// Which of its series, such as `["env!=\"test\""]`; all without any.
    #[serde(default)]
    matchers: Vec<String>,
    /// What number the samples of the window become: `avg`, `min`, `max`, `sum`, `count`, `last`, `p95` or `rate`.
    #[serde(default = "aggregate")]
    aggregate: String,
    /// How far back it looks.
    #[serde(default = "window")]
    window: String,
    /// How the number is compared with the threshold: `>`, `>=`, `<`, `<=`, `==` or `!=`.
    operator: String,
    /// The threshold.
    threshold: f64,
    /// How long the condition must hold before the alert fires.
    #[serde(default = "zero", rename = "for")]
    hold: String,
    /// How long the condition must not hold before the alert is resolved.
    #[serde(default = "zero")]
    keep_firing_for: String,
    /// A series with fewer samples in the window is not compared.
    #[serde(default = "one")]
    minimum_samples: u64,
    /// How urgent its alerts are: `info`, `warning`, `critical` or `emergency`.
    severity: String,
    /// How long after one was resolved no new alert is opened for the same series.
    #[serde(default = "zero")]
    cooldown: String,
    /// After how long people are told again; null where the notification's route says so.
    #[serde(default)]
    repeat_after: Option<String>,
    /// Labels that its alerts have besides those of the series.
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// Texts for people, with `{{ $value }}` and `{{ $labels.NAME }}`.
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    /// What silence means: `ignore`, `alert` or `keep`.
    #[serde(default = "ignore")]
    no_data: String,
    /// What happens while nobody acknowledges; each step later than the one before.
    #[serde(default)]
    escalation: Vec<WireStep>,
    /// Whether it is evaluated.
    #[serde(default = "yes")]
    enabled: bool,
}

/// What happens if an alert is not acknowledged so long after it fired.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WireStep {
    /// How long after it fired.
    after: String,
    /// The severity it is raised to.
    #[serde(default)]
    severity: Option<String>,
    /// Targets that are notified besides those it has.
    #[serde(default)]
    targets: Vec<String>,
}

impl WireRule {
    /// The store's rule, checked; a problem names the field.
    pub(super) fn into_rule(self) -> Result<Rule, Problem> {
        let operator = self.operator.parse()?;
        let severity = self.severity.parse()?;
        let mut rule = Rule::new(self.name, self.metric, operator, self.threshold, severity);
        rule.matchers = matchers_of("matchers", &self.matchers)?;
        rule.aggregate = self
            .aggregate
            .parse()
            .map_err(|error: tidegate_stores::Error| Problem::from(error).field("aggregate"))?;
        rule.window = duration_of("window", &self.window)?;
        rule.hold = duration_of("for", &self.hold)?;
        rule.keep_firing_for = duration_of("keep_firing_for", &self.keep_firing_for)?;
        rule.minimum_samples = self.minimum_samples;
        rule.cooldown = duration_of("cooldown", &self.cooldown)?;
        let repeat_after = self.repeat_after.as_deref();
        rule.repeat_after = repeat_after
            .map(|text| duration_of("repeat_after", text))
            .transpose()?;
        rule.labels = Labels::new(self.labels)?;
        rule.annotations = self.annotations;
        rule.no_data = self.no_data.parse()?;
        rule.escalation = steps_of(self.escalation)?;
        rule.enabled = self.enabled;
        rule.check()?;
        Ok(rule)
    }
}

fn steps_of(steps: Vec<WireStep>) -> Result<Vec<Escalation>, Problem> {
    let steps = steps.into_iter().enumerate().map(|(index, step)| {
        step.into_step()
            .map_err(|problem| problem.within(&format!("escalation[{index}]")))
    });
    steps.collect()
}

impl WireStep {
    fn into_step(self) -> Result<Escalation, Problem> {
        Ok(Escalation {
            after: duration_of("after", &self.after)?,
            severity: self.severity.as_deref().map(str::parse).transpose()?,
            targets: self.targets,
        })
    }
}

impl From<Rule> for WireRule {
    fn from(rule: Rule) -> Self {
        let labels = rule.labels.iter();
        let labels = labels.map(|label| (label.name().to_owned(), label.value().to_owned()));
        Self {
            labels: labels.collect(),
            name: rule.name,
            metric: rule.metric,
            matchers: rule.matchers.iter().map(ToString::to_string).collect(),
            aggregate: rule.aggregate.as_str().to_owned(),
            window: text(rule.window),
            operator: rule.operator.to_string(),
            threshold: rule.threshold,
            hold: text(rule.hold),
            keep_firing_for: text(rule.keep_firing_for),
            minimum_samples: rule.minimum_samples,
            severity: rule.severity.to_string(),
            cooldown: text(rule.cooldown),
            repeat_after: rule.repeat_after.map(text),
            annotations: rule.annotations,
            no_data: rule.no_data.to_string(),
            escalation: rule.escalation.into_iter().map(WireStep::from).collect(),
            enabled: rule.enabled,
        }
    }
}

impl From<Escalation> for WireStep {
    fn from(step: Escalation) -> Self {
        Self {
            after: text(step.after),
            severity: step.severity.map(|severity| severity.to_string()),
            targets: step.targets,
        }
    }
}

/// A length of time as people write it.
pub(super) fn text(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

fn aggregate() -> String {
    "avg".to_owned()
}

fn window() -> String {
    "5m".to_owned()
}

fn zero() -> String {
    "0s".to_owned()
}

fn ignore() -> String {
    "ignore".to_owned()
}

const fn one() -> u64 {
    1
}

const fn yes() -> bool {
    true
}

//! What is expected of a rule at a moment, compared with what is there.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, Alert, Explanation, Filter, Severity, State};
use tidegate_stores::{Matcher, PAGE_ITEMS_MAX, Result as StoreResult, Timestamp};

use super::{Surprise, cases};

/// What is expected of a rule at a moment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    /// How long after the beginning.
    #[serde(deserialize_with = "cases::moment")]
    pub(super) at: Duration,
    pub(super) rule: String,
    /// The state of its alerts, or `none`.
    #[serde(deserialize_with = "state")]
    state: Option<State>,
    /// Only alerts whose labels meet these are looked at.
    #[serde(default, rename = "match", deserialize_with = "matchers")]
    matchers: Vec<Matcher>,
    /// How many there are; one at least if left out.
    count: Option<usize>,
    severity: Option<Severity>,
}

impl Expectation {
    /// What is not as expected at `now`, if anything is.
    pub(super) fn look(self, tx: &mut ReadTx<'_>, now: Timestamp) -> StoreResult<Option<Surprise>> {
        let mut filter = Filter::default();
        filter.name = Some(self.rule.clone());
        filter.matchers.clone_from(&self.matchers);
        let found = alerts::active(tx, &filter, None, PAGE_ITEMS_MAX)?.items;
        if self.is_met_by(&found) {
            return Ok(None);
        }
        let explanation = alerts::explain(tx, now, &self.rule)?;
        Ok(Some(Surprise {
            at: self.at,
            expected: self.in_words(),
            found: in_words(&found),
            why: why(&explanation, &self.matchers),
            rule: self.rule,
        }))
    }

    fn is_met_by(&self, found: &[Alert]) -> bool {
        let Some(state) = self.state else {
            return found.is_empty();
        };
        let is_meant = |alert: &&Alert| {
            alert.state == state
                && self
                    .severity
                    .is_none_or(|severity| alert.severity == severity)
        };
        let meant = found.iter().filter(is_meant).count();
        self.count.map_or(meant > 0, |count| meant == count)
    }

    fn in_words(&self) -> String {
        let Some(state) = self.state else {
            return "no alert".to_owned();
        };
        let count = self
            .count
            .map_or("an".to_owned(), |count| count.to_string());
        let noun = if self.count.is_none_or(|count| count == 1) {
            "alert"
        } else {
            "alerts"
        };
        let severity = self
            .severity
            .map_or(String::new(), |severity| format!(" of {severity}"));
        format!("{count} {noun} {state}{severity}")
    }
}

fn in_words(found: &[Alert]) -> String {
    let shown = found.iter().map(|alert| {
        let labels = match alert.labels.is_empty() {
            true => String::new(),
            false => format!(" {}", alert.labels),
        };
        format!("{}{labels} ({})", alert.state, alert.severity)
    });
    match found {
        [] => "no alert".to_owned(),
        _ => shown.collect::<Vec<_>>().join(", "),
    }
}

/// What is said of the first series that is meant, or of the rule.
fn why(explanation: &Explanation, matchers: &[Matcher]) -> String {
    let mut series = explanation.series.iter();
    let meant = series.find(|one| matchers.iter().all(|matcher| matcher.matches(&one.labels)));
    meant.map_or_else(|| explanation.summary.clone(), |one| one.why.clone())
}

fn state<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<State>, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "none" => Ok(None),
        name => name
            .parse()
            .map(Some)
            .map_err(|error: tidegate_stores::Error| {
                de::Error::custom(format!("{}, none", error.reason()))
            }),
    }
}

fn matchers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Matcher>, D::Error> {
    Matcher::parse_list(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

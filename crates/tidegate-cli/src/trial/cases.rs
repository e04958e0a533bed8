//! The file of cases on which rules are tried.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use tidegate_stores::alerts::Rule;
use tidegate_stores::metrics::{Sample, Selector, Series};
use tidegate_stores::{Labels, Operator, Timestamp};

use super::expectation::Expectation;
use super::values;
use crate::arguments::{duration, duration_or_none};
use crate::failure::{Failure, Result};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// Samples, and what is expected of the rules at some moments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The distance of the values; a minute if left out.
    #[serde(default = "minute", deserialize_with = "time")]
    step: Duration,
    /// How often the rules are evaluated; every 15 seconds if left out.
    #[serde(default = "quarter", deserialize_with = "time")]
    pub(super) every: Duration,
    #[serde(default)]
    series: Vec<Values>,
    pub(super) expect: Vec<Expectation>,
}

/// The values of one series, the first one at the beginning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    series: String,
    values: String,
}

/// The cases of a text; each rule that they name must be one of `rules`.
pub(crate) fn read(file: &str, text: &str, rules: &[Rule]) -> Result<Vec<Case>> {
    let parsed: File = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.unwrap_or_default().matches('\n').count() + 1;
        Failure::input(error.message()).at(file, line as u64)
    })?;
    for case in &parsed.case {
        let mut expected = case.expect.iter();
        let unknown = expected.find(|one| rules.iter().all(|rule| rule.name != one.rule));
        if let Some(unknown) = unknown {
            let message = format!(
                "{file}, case {}: there is no rule {}",
                case.name, unknown.rule
            );
            return Err(Failure::input(message));
        }
    }
    Ok(parsed.case)
}

impl Case {
    /// The samples of all series, the earliest first.
    pub(super) fn samples(&self, start: Timestamp) -> Result<Vec<Sample>> {
        let mut samples = Vec::new();
        for given in &self.series {
            let wrong = |failure: Failure| {
                let message = format!("case {}, series {}: {failure}", self.name, given.series);
                Failure::input(message)
            };
            let series = series(&given.series).map_err(wrong)?;
            let mut at = start;
            for value in values::read(&given.values).map_err(wrong)? {
                samples.extend(value.map(|value| Sample::new(series.clone(), value, at)));
                at = at.saturating_add(self.step);
            }
        }
        samples.sort_by_key(|sample| sample.at);
        Ok(samples)
    }
}

/// A series is written as the selector that means it alone.
fn series(text: &str) -> Result<Series> {
    let selector = Selector::parse(text)?;
    let matchers = selector.matchers();
    if matchers.iter().any(|one| one.operator() != Operator::Equal) {
        return Err(Failure::input("labels of a series are written with `=`"));
    }
    let labels = Labels::new(matchers.iter().map(|one| (one.name(), one.value())))?;
    Ok(Series::new(selector.name(), labels)?)
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

fn quarter() -> Duration {
    Duration::from_secs(15)
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    duration(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// A time since the beginning of the case.
pub(super) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    duration_or_none(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

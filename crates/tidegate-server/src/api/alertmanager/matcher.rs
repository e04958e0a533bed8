//! Matchers as Alertmanager writes them, in URLs and in silences.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tidegate_stores::{Matcher, Operator};
use utoipa::ToSchema;

use crate::problem::Problem;

/// A condition on a label.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireMatcher {
    /// The label's name.
    name: String,
    /// The value, or the regular expression.
    value: String,
    /// Whether it is a regular expression.
    is_regex: bool,
    /// Whether the label must match; otherwise it must not.
    #[serde(default = "yes")]
    is_equal: bool,
}

const fn yes() -> bool {
    true
}

impl WireMatcher {
    pub(super) fn parse(&self) -> tidegate_stores::Result<Matcher> {
        let operator = match (self.is_regex, self.is_equal) {
            (false, true) => Operator::Equal,
            (false, false) => Operator::NotEqual,
            (true, true) => Operator::Matches,
            (true, false) => Operator::MatchesNot,
        };
        Matcher::new(&self.name, operator, &self.value)
    }
}

impl From<&Matcher> for WireMatcher {
    fn from(matcher: &Matcher) -> Self {
        let operator = matcher.operator();
        Self {
            name: matcher.name().to_owned(),
            value: matcher.value().to_owned(),
            is_regex: matches!(operator, Operator::Matches | Operator::MatchesNot),
            is_equal: matches!(operator, Operator::Equal | Operator::Matches),
        }
    }
}

/// The matchers of the parameters `filter`.
pub(super) fn filters(texts: &[String]) -> Result<Vec<Matcher>, Problem> {
    let mut matchers = Vec::new();
    for text in texts {
        let parsed = Matcher::parse_list(text);
        matchers.extend(parsed.map_err(|error| Problem::from(error).field("filter"))?);
    }
    Ok(matchers)
}

/// The regular expression of the parameter `receiver`.
pub(super) fn receiver(text: Option<&str>) -> Result<Option<Matcher>, Problem> {
    let matcher = text.map(|text| Matcher::new("receiver", Operator::Matches, text));
    let matcher = matcher.transpose();
    matcher.map_err(|error| Problem::from(error).field("receiver"))
}

/// Whether a silence is what is asked for: its matchers, taken as labels, meet the filters.
pub(super) fn meet(filters: &[Matcher], matchers: &[Matcher]) -> bool {
    let values: BTreeMap<&str, &str> = matchers
        .iter()
        .map(|matcher| (matcher.name(), matcher.value()))
        .collect();
    filters.iter().all(|filter| {
        let value = values.get(filter.name()).copied();
        filter.matches_value(value.unwrap_or_default())
    })
}

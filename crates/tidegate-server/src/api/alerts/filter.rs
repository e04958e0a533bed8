//! Which alerts are meant, as parameters of a URL.

use serde::Deserialize;
use tidegate_stores::Matcher;
use tidegate_stores::alerts::{Filter, State};
use utoipa::IntoParams;

use crate::problem::Problem;
use crate::wire::WireTime;

/// Which alerts are meant. `state` and `match` may be given several times.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AlertQuery {
    /// In this state or, if it is given several times, in any of them.
    state: Vec<String>,
    /// This urgent or more: `info`, `warning`, `critical` or `emergency`.
    severity: Option<String>,
    /// Of this name.
    name: Option<String>,
    /// Whose labels meet all of these, such as `job=~"api.*"`; the name is the label `alertname`.
    #[serde(rename = "match")]
    #[param(rename = "match")]
    matchers: Vec<String>,
    /// Whether nobody is told of it.
    muted: Option<bool>,
    /// Opened then or later. For the history only.
    #[param(value_type = Option<String>)]
    pub(super) from: Option<WireTime>,
    /// Opened then or earlier. For the history only.
    #[param(value_type = Option<String>)]
    pub(super) to: Option<WireTime>,
    /// Where the list goes on: `next` of the page before.
    pub(super) cursor: Option<String>,
    /// How many items at most; 100 unless said otherwise.
    pub(super) limit: Option<usize>,
}

impl AlertQuery {
    /// The same as the store's filter.
    pub(super) fn filter(&self) -> Result<Filter, Problem> {
        let states: Result<Vec<State>, _> = self.state.iter().map(|text| text.parse()).collect();
        let severity = self.severity.as_deref().map(str::parse).transpose()?;
        let mut filter = Filter::default();
        filter.states = states?;
        filter.severity_min = severity;
        filter.name.clone_from(&self.name);
        filter.matchers = matchers_of("match", &self.matchers)?;
        filter.is_muted = self.muted;
        filter.from = self.from.map(|at| at.0);
        filter.to = self.to.map(|at| at.0);
        Ok(filter)
    }
}

/// Reads matchers; a problem names the field, and the byte at which it goes wrong.
pub(in crate::api) fn matchers_of(
    field: &'static str,
    texts: &[String],
) -> Result<Vec<Matcher>, Problem> {
    let parsed = texts.iter().map(|text| Matcher::parse(text));
    let parsed: Result<Vec<Matcher>, _> = parsed.collect();
    parsed.map_err(|error| Problem::from(error).field(field))
}

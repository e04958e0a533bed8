//! Which events are meant, as parameters of a URL.

use serde::Deserialize;
use tidegate_stores::events::{Filter, Severity};
use utoipa::IntoParams;

use crate::problem::Problem;
use crate::wire::WireTime;

/// Which events are meant. A parameter may be given several times: any of its values will do.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// Of this type.
    #[serde(rename = "type")]
    types: Vec<String>,
    /// Of this severity.
    severity: Vec<String>,
    /// From this source.
    source: Vec<String>,
    /// Of this category.
    category: Vec<String>,
    /// About this target.
    target: Vec<String>,
    /// Of this status.
    status: Vec<String>,
    /// With this tag.
    tag: Vec<String>,
    /// With this correlation id.
    correlation_id: Option<String>,
    /// Of this user.
    user_id: Option<String>,
    /// Happened then or later.
    #[param(value_type = Option<String>)]
    from: Option<WireTime>,
    /// Happened then or earlier.
    #[param(value_type = Option<String>)]
    to: Option<WireTime>,
    /// With at least this health score.
    health_min: Option<f64>,
    /// With at most this health score.
    health_max: Option<f64>,
    /// With all these words in title, description, details or tags.
    text: Option<String>,
    /// Where the list goes on: `next` of the page before. For lists only.
    pub(super) cursor: Option<String>,
    /// How many items at most; 100 unless said otherwise. For lists only.
    pub(super) limit: Option<usize>,
    /// The length of the window before `to`, such as `1day`; an hour unless said otherwise. For statistics only.
    pub(super) window: Option<String>,
}

/// The same as the store's filter. The times are not in it: statistics have a window of their own.
pub(crate) fn filter_of(query: &EventQuery) -> Result<Filter, Problem> {
    let severities: Result<Vec<Severity>, _> =
        query.severity.iter().map(|text| text.parse()).collect();
    let mut filter = Filter::default();
    filter.types.clone_from(&query.types);
    filter.severities = severities?;
    filter.sources.clone_from(&query.source);
    filter.categories.clone_from(&query.category);
    filter.targets.clone_from(&query.target);
    filter.statuses.clone_from(&query.status);
    filter.tags.clone_from(&query.tag);
    filter.correlation_id.clone_from(&query.correlation_id);
    filter.user_id.clone_from(&query.user_id);
    filter.health_min = query.health_min;
    filter.health_max = query.health_max;
    filter.text.clone_from(&query.text);
    Ok(filter)
}

impl EventQuery {
    /// The first and the last moment that are meant.
    pub(super) fn times(&self) -> (Option<WireTime>, Option<WireTime>) {
        (self.from, self.to)
    }
}

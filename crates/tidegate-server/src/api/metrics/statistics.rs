//! What a metric did in a window.

use serde::{Deserialize, Serialize};
use tidegate_stores::metrics::{self, Statistics, ValueStatistics};
use utoipa::{IntoParams, ToSchema};

use super::catalog::selector_of;
use super::window::window_of;
use crate::http::{Context, Json, Query};
use crate::problem::Problem;
use crate::wire::WireTime;

/// Which series, and when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatisticsQuery {
    /// A metric's name with or without matchers: `http_requests_total{code=~"5.."}`.
    selector: String,
    /// Where the window begins.
    #[param(value_type = Option<String>)]
    from: Option<WireTime>,
    /// Where it ends; now unless said otherwise.
    #[param(value_type = Option<String>)]
    to: Option<WireTime>,
    /// Its length, such as `5m`, instead of `from`; an hour unless said otherwise.
    window: Option<String>,
}

/// Figures of all samples of the series in the window, taken together.
#[derive(Serialize, ToSchema)]
pub(super) struct StatisticsReply {
    /// How many series had samples.
    series: u64,
    /// How many samples there were.
    count: u64,
    /// How many there were in each second.
    samples_per_second: f64,
    /// Where the window really began: earlier than asked where its oldest part is known by the minute or hour only.
    #[schema(value_type = String, format = DateTime)]
    from: WireTime,
    /// Where it ended.
    #[schema(value_type = String, format = DateTime)]
    to: WireTime,
    /// The coarsest source: `sample`, `minute` or `hour`.
    resolution: &'static str,
    /// What the values were like; absent if there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
}

/// What the values were like.
#[derive(Serialize, ToSchema)]
struct Values {
    /// The smallest.
    min: f64,
    /// The largest.
    max: f64,
    /// Their sum.
    sum: f64,
    /// Their mean.
    mean: f64,
    /// The standard deviation of a sample of more; absent for one value.
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_deviation: Option<f64>,
    /// The 50th percentile.
    median: f64,
    /// The 95th percentile.
    p95: f64,
    /// The 99th percentile.
    p99: f64,
    /// Whether median and percentiles are exact.
    is_exact: bool,
    /// For counters: the increase in each second; absent if no series had two samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
}

/// What a metric did in a window.
#[utoipa::path(
    get, path = "/api/v1/metrics/statistics", tag = "metrics", params(StatisticsQuery),
    responses((status = 200, body = StatisticsReply))
)]
pub(super) async fn statistics(
    context: Context,
    Query(query): Query<StatisticsQuery>,
) -> Result<Json<StatisticsReply>, Problem> {
    let selector = selector_of(&query.selector)?;
    let window = window_of(query.from, query.to, query.window.as_deref())?;
    let found = context.read("metrics.statistics", move |tx| {
        metrics::statistics(tx, &selector, window)
    });
    Ok(Json(found.await?.into()))
}

impl From<Statistics> for StatisticsReply {
    fn from(found: Statistics) -> Self {
        Self {
            series: found.series,
            count: found.count,
            samples_per_second: found.samples_per_second,
            from: found.from.into(),
            to: found.to.into(),
            resolution: found.resolution.as_str(),
            values: found.values.map(Values::from),
        }
    }
}

impl From<ValueStatistics> for Values {
    fn from(values: ValueStatistics) -> Self {
        Self {
            min: values.min,
            max: values.max,
            sum: values.sum,
            mean: values.mean,
            standard_deviation: values.standard_deviation,
            median: values.median,
            p95: values.p95,
            p99: values.p99,
            is_exact: values.is_exact,
            rate: values.rate,
        }
    }
}

//! The points of a chart.

use std::time::Duration;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use tidegate_stores::metrics::{self, Aggregate, Line, Point};
use tidegate_stores::{Error, Window};
use utoipa::{IntoParams, ToSchema};

use super::catalog::{labels_of, selector_of};
use super::window::{duration_of, window_of};
use crate::http::{Context, Query, heavy};
use crate::problem::Problem;
use crate::wire::WireTime;

/// About how many points a line has, unless the request gives a step.
const POINTS: u32 = 300;

/// Which series, when, and how they are drawn.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RangeQuery {
    /// A metric's name with or without matchers: `http_requests_total{code=~"5.."}`.
    selector: String,
    /// Where the window begins.
    #[param(value_type = Option<String>)]
    from: Option<WireTime>,
    /// Where it ends; now unless said otherwise.
    #[param(value_type = Option<String>)]
    to: Option<WireTime>,
    /// Its length, such as `6h`, instead of `from`; an hour unless said otherwise.
    window: Option<String>,
    /// The distance of the points, such as `1m`; about 300 points unless said otherwise.
    step: Option<String>,
    /// What each point is of the samples of its step: `avg` (unless said otherwise), `min`, `max`, `sum`, `count`, `last`,
    /// `p95` or `rate`.
    aggregate: Option<String>,
}

/// A line for each series that has points.
#[derive(Serialize, ToSchema)]
struct RangeReply {
    /// The distance of the points, in milliseconds.
    step_ms: u64,
    /// The coarsest source: `sample`, `minute` or `hour`.
    resolution: &'static str,
    /// The lines, in the order of their labels.
    lines: Vec<WireLine>,
}

/// The points of one series.
#[derive(Serialize, ToSchema)]
struct WireLine {
    /// The metric's name.
    name: String,
    /// The labels.
    labels: serde_json::Map<String, serde_json::Value>,
    /// Pairs of a time, in milliseconds since 1970, and a value. A step without samples has none.
    #[schema(value_type = Vec<Vec<f64>>)]
    points: Vec<(i64, f64)>,
}

/// The points of a chart.
///
/// Steps begin at whole multiples of their length. At most 500 series and 500,000 points.
#[utoipa::path(
    get, path = "/api/v1/metrics/range", tag = "metrics", params(RangeQuery),
    responses((status = 200, body = RangeReply))
)]
pub(super) async fn range(
    context: Context,
    Query(query): Query<RangeQuery>,
) -> Result<Response, Problem> {
    let selector = selector_of(&query.selector)?;
    let window = window_of(query.from, query.to, query.window.as_deref())?;
    let step = match query.step.as_deref() {
        Some(text) => duration_of("step", text)?,
        None => step_of(window),
    };
    let aggregate = query.aggregate.as_deref().unwrap_or("avg");
    let aggregate: Aggregate = aggregate.parse()?;
    let found = context.read("metrics.range", move |tx| {
        metrics::range(tx, &selector, window, step, aggregate)
    });
    let found = found.await.map_err(of_range)?;
    heavy(RangeReply {
        step_ms: u64::try_from(step.as_millis()).unwrap_or(u64::MAX),
        resolution: found.resolution.as_str(),
        lines: found.lines.into_iter().map(WireLine::from).collect(),
    })
    .await
}

/// The number of points is not a parameter: it is the step that makes too many.
fn of_range(error: Error) -> Problem {
    match error.field() {
        Some("points") => Problem::from(error).field("step"),
        _ => error.into(),
    }
}

/// Whole seconds up to a minute, whole minutes up to an hour, whole hours beyond: then rollups can be used.
fn step_of(window: Window) -> Duration {
    let seconds = (window.length() / POINTS).as_secs().max(1);
    let unit = match seconds {
        0..=59 => 1,
        60..=3_599 => 60,
        _ => 3_600,
    };
    Duration::from_secs(seconds.div_ceil(unit) * unit)
}

impl From<Line> for WireLine {
    fn from(line: Line) -> Self {
        let point = |point: Point| (point.at.as_millis(), point.value);
        Self {
            name: line.series.name().to_owned(),
            labels: labels_of(line.series.labels()),
            points: line.points.into_iter().map(point).collect(),
        }
    }
}

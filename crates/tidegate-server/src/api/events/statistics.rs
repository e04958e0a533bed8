//! What happened, counted.

use serde::Serialize;
use tidegate_stores::events::{self, Count, Health, Statistics};
use utoipa::ToSchema;

use super::filter::{EventQuery, filter_of};
use crate::api::metrics::window_of;
use crate::http::{Context, Json, Query};
use crate::problem::Problem;

/// What happened in a window.
#[derive(Serialize, ToSchema)]
pub(super) struct EventStatistics {
    /// How many events there were.
    total: u64,
    /// How many there were in the window of the same length before it.
    total_before: u64,
    /// By how much the total has changed since, as a share of the one before; absent if there were none before.
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<f64>,
    /// How many different values there were.
    distinct: Distinct,
    /// How often each type occurred, the most frequent first.
    by_type: Vec<ValueCount>,
    /// How often each severity occurred, the worst first.
    by_severity: Vec<ValueCount>,
    /// How often each source occurred.
    by_source: Vec<ValueCount>,
    /// How often each category occurred.
    by_category: Vec<ValueCount>,
    /// The health scores; absent if no event had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthScores>,
}

/// How many different values there were.
#[derive(Serialize, ToSchema)]
struct Distinct {
    /// Types.
    types: u64,
    /// Sources.
    sources: u64,
    /// Categories.
    categories: u64,
    /// Targets.
    targets: u64,
    /// Users.
    users: u64,
}

/// How often a value occurred.
#[derive(Serialize, ToSchema)]
struct ValueCount {
    /// The value.
    value: String,
    /// How often.
    count: u64,
}

/// Health scores, from 0 to 100.
#[derive(Serialize, ToSchema)]
struct HealthScores {
    /// The lowest.
    min: f64,
    /// Their mean.
    avg: f64,
    /// The highest.
    max: f64,
    /// How many events had one.
    count: u64,
}

/// What happened in a window, counted.
#[utoipa::path(
    get, path = "/api/v1/events/statistics", tag = "events", params(EventQuery),
    responses((status = 200, body = EventStatistics))
)]
pub(super) async fn statistics(
    context: Context,
    Query(query): Query<EventQuery>,
) -> Result<Json<EventStatistics>, Problem> {
    for (name, is_given) in [
        ("cursor", query.cursor.is_some()),
        ("limit", query.limit.is_some()),
    ] {
        if is_given {
            return Err(Problem::invalid_field(name, "is for lists"));
        }
    }
    let (from, to) = query.times();
    let window = window_of(from, to, query.window.as_deref())?;
    let filter = filter_of(&query)?;
    let found = context.read("events.statistics", move |tx| {
        events::statistics(tx, &filter, window)
    });
    Ok(Json(found.await?.into()))
}

impl From<Statistics> for EventStatistics {
    fn from(found: Statistics) -> Self {
        let distinct = Distinct {
            types: found.distinct.types,
            sources: found.distinct.sources,
            categories: found.distinct.categories,
            targets: found.distinct.targets,
            users: found.distinct.users,
        };
        Self {
            total: found.total,
            total_before: found.total_before,
            trend: found.trend,
            distinct,
            by_type: counts(found.by_type),
            by_severity: counts(found.by_severity),
            by_source: counts(found.by_source),
            by_category: counts(found.by_category),
            health: found.health.map(HealthScores::from),
        }
    }
}

impl From<Health> for HealthScores {
    fn from(health: Health) -> Self {
        Self {
            min: health.min,
            avg: health.avg,
            max: health.max,
            count: health.count,
        }
    }
}

fn counts<T: ToString>(counts: Vec<Count<T>>) -> Vec<ValueCount> {
    let counts = counts.into_iter().map(|count| ValueCount {
        value: count.value.to_string(),
        count: count.count,
    });
    counts.collect()
}

//! How many alerts there are, of which kind.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, HourCount, Summary};
use tidegate_stores::{Timestamp, Window};
use utoipa::{IntoParams, ToSchema};

use crate::api::metrics::duration_of;
use crate::clock;
use crate::http::{Context, Json, Query};
use crate::problem::Problem;
use crate::wire::WireTime;

/// How far back it looks, unless the request says otherwise.
const WINDOW: &str = "24h";

const HOUR: Duration = Duration::from_secs(3_600);

/// How far back it looks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SummaryQuery {
    /// Such as `7days`; 24 hours unless said otherwise, 31 days at most.
    window: Option<String>,
}

/// How many alerts there are.
#[derive(Serialize, ToSchema)]
pub(super) struct AlertSummary {
    /// Active alerts of each severity; pending ones are left out.
    by_severity: BTreeMap<&'static str, u64>,
    /// Active alerts in each state.
    by_state: BTreeMap<&'static str, u64>,
    /// Active alerts of which nobody is told.
    muted: u64,
    /// How many began to fire in each hour of the window, the earliest first.
    per_hour: Vec<Hour>,
    /// How many were resolved within the window.
    resolved: u64,
    /// How many occurrences were dropped by the rate limit, ever.
    dropped: u64,
}

/// How many alerts began to fire in an hour.
#[derive(Serialize, ToSchema)]
struct Hour {
    /// When the hour begins.
    #[schema(value_type = String, format = DateTime)]
    at: WireTime,
    /// How many.
    count: u64,
    /// How many of each severity; those without any are left out.
    by_severity: BTreeMap<&'static str, u64>,
}

/// How many alerts there are, and how many there were in each hour.
#[utoipa::path(
    get, path = "/api/v1/alerts/summary", tag = "alerts", params(SummaryQuery),
    responses((status = 200, body = AlertSummary))
)]
pub(super) async fn summary(
    context: Context,
    Query(query): Query<SummaryQuery>,
) -> Result<Json<AlertSummary>, Problem> {
    let length = duration_of("window", query.window.as_deref().unwrap_or(WINDOW))?;
    let window = Window::before(clock::now(), length)?;
    let look = move |tx: &mut ReadTx<'_>| {
        let found = alerts::summary(tx, window)?;
        Ok(AlertSummary::of(found, window))
    };
    Ok(Json(context.read("alerts.summary", look).await?))
}

impl AlertSummary {
    fn of(found: Summary, window: Window) -> Self {
        let severities = found.by_severity.into_iter();
        let states = found.by_state.into_iter();
        Self {
            by_severity: severities
                .map(|(one, count)| (one.as_str(), count))
                .collect(),
            by_state: states.map(|(one, count)| (one.as_str(), count)).collect(),
            muted: found.muted,
            per_hour: hours(&found.by_hour, window),
            resolved: found.resolved,
            dropped: found.dropped,
        }
    }
}

/// Every hour of the window, those without alerts too.
fn hours(counts: &[HourCount], window: Window) -> Vec<Hour> {
    let mut hours = Vec::new();
    let mut at = beginning_of_hour(window.from());
    while at <= window.to() {
        let of_hour = counts.iter().filter(|count| count.hour == at);
        let by_severity: BTreeMap<_, _> = of_hour
            .map(|count| (count.severity.as_str(), count.count))
            .collect();
        hours.push(Hour {
            at: at.into(),
            count: by_severity.values().sum(),
            by_severity,
        });
        at = at.saturating_add(HOUR);
    }
    hours
}

fn beginning_of_hour(at: Timestamp) -> Timestamp {
    let since = at.saturating_since(Timestamp::MIN);
    let within = since.as_micros() % HOUR.as_micros();
    at.saturating_sub(Duration::from_micros(
        u64::try_from(within).unwrap_or_default(),
    ))
}

//! Targets: where notifications go, and how that does.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tidegate::{ReadTx, Tx};
use tidegate_exec::BreakerState;
use tidegate_stores::Window;
use tidegate_stores::auth::Scope;
use tidegate_stores::notify::{self, Target, TargetStatistics};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::metrics::duration_of;
use crate::app::App;
use crate::clock;
use crate::http::{Context, Json, Operation, Query, operation};
use crate::operation::Class;
use crate::problem::Problem;
use crate::wire::WireNotification;

/// How far back the figures go, unless the request says otherwise.
const WINDOW: &str = "24h";

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = Operation::new("targets.list", Class::Batch, Scope::Read);
    let operate = Operation::new("targets.test", Class::Table, Scope::Operate);
    OpenApiRouter::new()
        .routes(operation(app, read, routes!(list)))
        .routes(operation(app, operate, routes!(test)))
}

/// How far back the figures go.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TargetQuery {
    /// Such as `1h`; 24 hours unless said otherwise.
    window: Option<String>,
}

/// All targets.
#[derive(Serialize, ToSchema)]
struct Targets {
    /// By name.
    items: Vec<WireTarget>,
}

/// Somewhere that notifications go to. What its settings say is not told.
#[derive(Serialize, ToSchema)]
struct WireTarget {
    /// What routes call it.
    name: String,
    /// `log`, `file`, `console`, `email`, `webhook` or `slack`.
    kind: &'static str,
    /// Alerts below it are not told here, unless an escalation names this target.
    min_severity: &'static str,
    /// Whether the end of an alert is told, too.
    send_resolved: bool,
    /// Nothing is sent while it is not.
    enabled: bool,
    /// How it does.
    statistics: WireStatistics,
    /// `closed`: it is sent to; `open`: it has failed so often that it is left alone for a while; `half_open`: it is tried.
    breaker: &'static str,
}

/// How a target does.
#[derive(Serialize, ToSchema)]
struct WireStatistics {
    /// Attempts that were acknowledged.
    sent: u64,
    /// Attempts that were not.
    failed: u64,
    /// Messages that are due and not on their way.
    waiting: u64,
    /// Messages that are on their way.
    sending: u64,
    /// Messages that are to be looked at later.
    scheduled: u64,
    /// For how long the oldest of those that wait has been due, in seconds.
    oldest_waiting_s: Option<f64>,
    /// How long half of the acknowledged attempts took at most, in milliseconds.
    p50_ms: Option<f64>,
    /// How long 95 of 100 took at most.
    p95_ms: Option<f64>,
}

/// The targets, by name, with figures of what was sent to them.
#[utoipa::path(
    get, path = "/api/v1/targets", tag = "notifications", params(TargetQuery), responses((status = 200, body = Targets))
)]
async fn list(
    context: Context,
    Query(query): Query<TargetQuery>,
) -> Result<Json<Targets>, Problem> {
    let length = duration_of("window", query.window.as_deref().unwrap_or(WINDOW))?;
    let window = Window::before(clock::now(), length)?;
    let look = move |tx: &mut ReadTx<'_>| {
        let targets = notify::targets(tx)?;
        Ok((targets, notify::statistics(tx, window)?))
    };
    let (targets, statistics) = context.read("targets.list", look).await?;
    let breakers = context.app.breakers.snapshot(Instant::now()).into_iter();
    let breakers = breakers.map(|(name, breaker)| (name, breaker.state));
    let breakers: BTreeMap<String, BreakerState> = breakers.collect();
    // Both lists are of all targets in the order of their names, read in one transaction.
    let items = targets.into_iter().zip(statistics);
    let items = items.map(|(target, figures)| WireTarget::of(target, figures, &breakers));
    Ok(Json(Targets {
        items: items.collect(),
    }))
}

/// Sends a test to a target: it goes the way of every other message, whatever routes and severity say.
#[utoipa::path(
    post, path = "/api/v1/targets/{name}/test", tag = "notifications",
    params(("name" = String, Path, description = "The target's name")),
    responses((status = 202, body = WireNotification))
)]
async fn test(context: Context, Path(name): Path<String>) -> Result<Response, Problem> {
    let now = clock::now();
    let write = move |tx: &mut Tx<'_>| {
        let id = notify::test_message(tx, now, &name)?;
        let message = notify::message(tx, id)?;
        WireNotification::load(tx, message)
    };
    let made = context.write("targets.test", write).await;
    let made = made.map_err(Problem::of_state)?;
    Ok((StatusCode::ACCEPTED, Json(made)).into_response())
}

impl WireTarget {
    fn of(
        target: Target,
        figures: TargetStatistics,
        breakers: &BTreeMap<String, BreakerState>,
    ) -> Self {
        // One that was not called yet has no breaker.
        let breaker = breakers.get(&target.name).copied();
        Self {
            breaker: breaker.unwrap_or(BreakerState::Closed).as_str(),
            name: target.name,
            kind: target.kind.as_str(),
            min_severity: target.severity_min.as_str(),
            send_resolved: target.send_resolved,
            enabled: target.is_enabled,
            statistics: figures.into(),
        }
    }
}

impl From<TargetStatistics> for WireStatistics {
    fn from(figures: TargetStatistics) -> Self {
        let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
        Self {
            sent: figures.sent,
            failed: figures.failed,
            waiting: figures.waiting,
            sending: figures.sending,
            scheduled: figures.scheduled,
            oldest_waiting_s: figures.oldest_waiting.map(|time| time.as_secs_f64()),
            p50_ms: figures.latency_p50.map(millis),
            p95_ms: figures.latency_p95.map(millis),
        }
    }
}

//! Probes: what they last found, and running one now.

use std::collections::BTreeMap;

use axum::extract::Path;
use serde::Serialize;
use tidegate_stores::auth::Scope;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::config::ProbeConfig;
use crate::http::{Context, Json, Operation, operation};
use crate::operation::Class;
use crate::probing::{Known, Run, measure};
use crate::problem::{Code, Problem};
use crate::wire::WireTime;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = Operation::new("probes.list", Class::Table, Scope::Read);
    let operate = Operation::new("probes.run", Class::Batch, Scope::Operate);
    OpenApiRouter::new()
        .routes(operation(app, read, routes!(list)))
        .routes(operation(app, operate, routes!(run)))
}

/// All configured probes.
#[derive(Serialize, ToSchema)]
struct Probes {
    /// In the order of the configuration.
    items: Vec<WireProbe>,
}

/// A command that is run again and again, and whose output becomes metrics.
#[derive(Serialize, ToSchema)]
struct WireProbe {
    /// Its name.
    name: String,
    /// The program and its arguments.
    argv: Vec<String>,
    /// How often it is run: `1m`.
    every: String,
    /// How long it may take.
    timeout: String,
    /// Whether it is run.
    enabled: bool,
    /// How it last went.
    last_run: Option<WireRun>,
    /// When it is run next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_run_at: Option<WireTime>,
}

/// How a run of a probe went.
#[derive(Serialize, ToSchema)]
struct WireRun {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: WireTime,
    /// How long it took, in milliseconds.
    duration_ms: f64,
    /// `ok`, `failed` (the command), `timed_out`, `unreadable` (its output), or `not_run`.
    outcome: &'static str,
    /// Why it was not `ok`.
    error: Option<String>,
    /// What was read out of its output, by the names of the metrics.
    values: BTreeMap<String, f64>,
}

/// The probes of the configuration.
#[utoipa::path(get, path = "/api/v1/probes", tag = "probes", responses((status = 200, body = Probes)))]
async fn list(context: Context) -> Json<Probes> {
    let config = context.app.config();
    let items = config
        .probe
        .iter()
        .map(|probe| WireProbe::of(probe, context.app.probes.of(&probe.name)));
    Json(Probes {
        items: items.collect(),
    })
}

/// Runs a probe now, and records what it finds. The command ends with the request: ask for a longer deadline
/// (`X-Request-Timeout`) where it takes longer.
#[utoipa::path(
    post, path = "/api/v1/probes/{name}/run", tag = "probes",
    params(("name" = String, Path, description = "The probe's name")),
    responses((status = 200, body = WireRun))
)]
async fn run(context: Context, Path(name): Path<String>) -> Result<Json<WireRun>, Problem> {
    let config = context.app.config();
    let probe = config.probe.iter().find(|probe| probe.name == name);
    let Some(probe) = probe else {
        let detail = "there is no probe of this name in the configuration";
        return Err(Problem::new(Code::NotFound, detail));
    };
    let run = measure(&context.app, probe).await?;
    Ok(Json(run.into()))
}

impl WireProbe {
    fn of(probe: &ProbeConfig, known: Known) -> Self {
        Self {
            name: probe.name.clone(),
            argv: probe.argv.clone(),
            every: humantime::format_duration(probe.every).to_string(),
            timeout: humantime::format_duration(probe.timeout).to_string(),
            enabled: probe.enabled,
            last_run: known.last.map(WireRun::from),
            next_run_at: known.next_at.map(WireTime),
        }
    }
}

impl From<Run> for WireRun {
    fn from(run: Run) -> Self {
        Self {
            at: WireTime(run.at),
            duration_ms: run.took.as_secs_f64() * 1_000.0,
            outcome: run.outcome,
            error: run.error,
            values: run.values,
        }
    }
}

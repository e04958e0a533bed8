//! What the server says of itself.

mod classes;

use axum::response::Response;
use serde::Serialize;
use tidegate_stores::auth::Scope;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Context, Operation, heavy, offload, operation};
use crate::operation::{Class, Measured};
use crate::problem::Problem;
use crate::wire::WireTime;
use classes::{ClassReport, OperationReport};

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = Operation::new("system", Class::Table, Scope::Read);
    OpenApiRouter::new().routes(operation(app, read, routes!(system)))
}

/// The state of the server.
#[derive(Serialize, ToSchema)]
struct System {
    /// The version of the program.
    version: &'static str,
    /// How long the server has been running, in seconds.
    uptime_seconds: u64,
    /// Whether nothing has blocked the event loop so far: measured by a ticker that runs on it, never inferred.
    blocking_eliminated: bool,
    /// How late that ticker was.
    #[schema(value_type = Object)]
    stalls: tidegate::StallReport,
    /// Operations by kind and class, with grades.
    classes: Vec<ClassReport>,
    /// Every route and every call of a store.
    operations: Vec<OperationReport>,
    /// The database: its file, and the driver's figures.
    database: DatabaseReport,
    /// What the server does by itself.
    workers: Vec<WorkerReport>,
    /// How many live connections there are.
    live_connections: usize,
}

/// The database.
#[derive(Serialize, ToSchema)]
struct DatabaseReport {
    /// The file.
    path: String,
    /// The driver's figures: calls by class, queues, commits, the write-ahead log.
    #[schema(value_type = Object)]
    stats: tidegate::Stats,
}

/// A worker.
#[derive(Serialize, ToSchema)]
struct WorkerReport {
    /// Its name.
    name: &'static str,
    /// `running`, `waiting` (after a failure) or `ended`.
    state: &'static str,
    /// Rounds of work that were done.
    rounds: u64,
    /// When the last of them was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_round_at: Option<WireTime>,
    /// How often it failed.
    failures: u64,
    /// What it last failed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_error_at: Option<WireTime>,
}

/// What the server says of itself: stalls, latencies by class with grades, the database, the workers.
#[utoipa::path(get, path = "/api/v1/system", tag = "system", responses((status = 200, body = System)))]
async fn system(context: Context) -> Result<Response, Problem> {
    // Many histograms are copied for it.
    let gathered = offload(usize::MAX, move || Ok(System::of(&context.app)));
    heavy(gathered.await?).await
}

impl System {
    fn of(app: &App) -> Self {
        let stalls = app.stall.report();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: app.started.elapsed().as_secs(),
            blocking_eliminated: stalls.ticks > 0 && stalls.stalls == 0,
            stalls,
            classes: classes(app),
            operations: operations(app),
            database: DatabaseReport {
                path: app.path.display().to_string(),
                stats: app.db.stats(),
            },
            workers: workers(app),
            live_connections: app.live.connections(),
        }
    }
}

fn classes(app: &App) -> Vec<ClassReport> {
    let kinds = [Measured::Route, Measured::Store].into_iter();
    let all = kinds.flat_map(|kind| Class::ALL.iter().map(move |class| (kind, *class)));
    all.map(|(kind, class)| ClassReport::of(kind, class, &app.ledger.of_class(kind, class)))
        .collect()
}

fn operations(app: &App) -> Vec<OperationReport> {
    let operations = app.ledger.operations().into_iter();
    operations
        .map(|(kind, name, tally)| OperationReport::of(kind, name, &tally))
        .collect()
}

fn workers(app: &App) -> Vec<WorkerReport> {
    let states = app.workers.states().into_iter();
    let reports = states.map(|(name, state)| WorkerReport {
        name,
        state: state.state,
        rounds: state.rounds,
        last_round_at: state.last_round_at.map(WireTime),
        failures: state.failures,
        last_error: state.last_error,
        last_error_at: state.last_error_at.map(WireTime),
    });
    reports.collect()
}

//! The server's figures for Prometheus.

mod database;
mod operations;

use axum::http::header;
use axum::response::IntoResponse;
use tidegate::StallReport;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::exposition::{Exposition, MEDIA_TYPE};
use crate::http::{Access, Context, Operation, offload, operation};
use crate::operation::Class;
use crate::problem::Problem;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let metrics = Operation {
        name: "prometheus",
        class: Class::Table,
        access: Access::Metrics,
    };
    OpenApiRouter::new().routes(operation(app, metrics, routes!(metrics_text)))
}

/// The server's figures in Prometheus' text format.
///
/// Needs a key with the scope `read`, which a scraper sends as `authorization: {credentials: …}`, unless
/// `server.metrics_without_key` is set.
#[utoipa::path(
    get, path = "/metrics", tag = "system",
    responses((status = 200, body = String, content_type = "text/plain; version=0.0.4"))
)]
async fn metrics_text(context: Context) -> Result<impl IntoResponse, Problem> {
    let text = offload(usize::MAX, move || Ok(text(&context.app))).await?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text))
}

/// Many histograms are gone through for it.
fn text(app: &App) -> String {
    let mut exposition = Exposition::default();
    server(&mut exposition, app);
    operations::write(&mut exposition, app);
    database::write(&mut exposition, &app.db.stats());
    exposition.into_text()
}

fn server(exposition: &mut Exposition, app: &App) {
    let uptime = app.started.elapsed().as_secs_f64();
    let help = "Time since the start.";
    exposition.single("tidegate_uptime_seconds", "gauge", help, uptime);
    let connections = app.live.connections();
    let help = "Live connections.";
    exposition.single("tidegate_live_connections", "gauge", help, connections);
    event_loop(exposition, &app.stall.report());
    workers(exposition, app);
}

fn event_loop(exposition: &mut Exposition, report: &StallReport) {
    let help = "How often the event loop was late by 10 ms or more.";
    exposition.single("tidegate_stalls_total", "counter", help, report.stalls);
    let name = "tidegate_loop_lag_seconds";
    exposition.metric(name, "gauge", "How late the event loop was.");
    let lag = &report.lag_us;
    for (quantile, micros) in [("0.5", lag.p50), ("0.99", lag.p99), ("1", lag.max)] {
        exposition.sample(name, &[("quantile", quantile)], micros / 1e6);
    }
}

fn workers(exposition: &mut Exposition, app: &App) {
    let states = app.workers.states();
    let up = "tidegate_worker_up";
    exposition.metric(up, "gauge", "Whether a worker is at work.");
    for (name, state) in &states {
        let is_up = u8::from(state.state == "running");
        exposition.sample(up, &[("worker", name)], is_up);
    }
    let failures = "tidegate_worker_failures_total";
    exposition.metric(failures, "counter", "How often a worker failed.");
    for (name, state) in &states {
        exposition.sample(failures, &[("worker", name)], state.failures);
    }
}

//! The server's figures for Prometheus.

mod database;
mod operations;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::exposition::{Exposition, MEDIA_TYPE};
use crate::http::{Access, Context, Operation, operation};
use crate::operation::Class;

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
async fn metrics_text(context: Context) -> impl IntoResponse {
    let app = &context.app;
    let mut exposition = Exposition::default();
    server(&mut exposition, app);
    operations::write(&mut exposition, app);
    database::write(&mut exposition, &app.db.stats());
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], exposition.into_text())
}

fn server(exposition: &mut Exposition, app: &App) {
    let uptime = app.started.elapsed().as_secs_f64();
    exposition.single(
        "tidegate_uptime_seconds",
        "gauge",
        "Time since the start.",
        uptime,
    );
    let stalls = app.stall.report();
    exposition.single(
        "tidegate_stalls_total",
        "counter",
        "How often the event loop was late by 10 ms or more.",
        stalls.stalls,
    );
    exposition.metric(
        "tidegate_loop_lag_seconds",
        "summary",
        "How late the event loop was.",
    );
    let lag = [
        ("0.5", stalls.lag_us.p50),
        ("0.99", stalls.lag_us.p99),
        ("1", stalls.lag_us.max),
    ];
    for (quantile, micros) in lag {
        exposition.sample(
            "tidegate_loop_lag_seconds",
            &[("quantile", quantile)],
            micros / 1e6,
        );
    }
    exposition.sample("tidegate_loop_lag_seconds_count", &[], stalls.lag_us.count);
    let connections = app.live.connections();
    let help = "Live connections.";
    exposition.single("tidegate_live_connections", "gauge", help, connections);
    let states = app.workers.states();
    exposition.metric(
        "tidegate_worker_up",
        "gauge",
        "Whether a worker is at work.",
    );
    for (name, state) in &states {
        let is_up = u8::from(state.state == "running");
        exposition.sample("tidegate_worker_up", &[("worker", name)], is_up);
    }
    let failures = "tidegate_worker_failures_total";
    exposition.metric(failures, "counter", "How often a worker failed.");
    for (name, state) in &states {
        exposition.sample(failures, &[("worker", name)], state.failures);
    }
}

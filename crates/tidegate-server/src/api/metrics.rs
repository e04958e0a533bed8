//! Metrics: putting them in, and asking about them.

mod catalog;
mod ingest;
mod prometheus;
mod range;
mod refusals;
mod statistics;
mod window;

pub(super) use window::{duration_of, window_of};

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    putting_in(app).merge(catalog(app)).merge(figures(app))
}

fn putting_in(app: &App) -> OpenApiRouter<App> {
    let ingest = |name| Operation::new(name, Class::Batch, Scope::Ingest);
    let (json, text) = (ingest("metrics.ingest"), ingest("metrics.import"));
    OpenApiRouter::new()
        .routes(operation(app, json, routes!(ingest::ingest)))
        .routes(operation(app, text, routes!(prometheus::import)))
}

fn catalog(app: &App) -> OpenApiRouter<App> {
    let read = |name| Operation::new(name, Class::Table, Scope::Read);
    let (names, series) = (read("metrics.names"), read("metrics.series"));
    let (labels, values) = (read("metrics.labels"), read("metrics.label_values"));
    OpenApiRouter::new()
        .routes(operation(app, names, routes!(catalog::names)))
        .routes(operation(app, series, routes!(catalog::series)))
        .routes(operation(app, labels, routes!(catalog::labels)))
        .routes(operation(app, values, routes!(catalog::label_values)))
}

fn figures(app: &App) -> OpenApiRouter<App> {
    let read = |name, class| Operation::new(name, class, Scope::Read);
    let refusals = read("metrics.refusals", Class::Table);
    let statistics = read("metrics.statistics", Class::Batch);
    let range = read("metrics.range", Class::Batch);
    OpenApiRouter::new()
        .routes(operation(app, refusals, routes!(refusals::refusals)))
        .routes(operation(app, statistics, routes!(statistics::statistics)))
        .routes(operation(app, range, routes!(range::range)))
}

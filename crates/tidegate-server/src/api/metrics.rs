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

const fn read(name: &'static str, class: Class) -> Operation {
    Operation::new(name, class, Scope::Read)
}

const fn ingest(name: &'static str) -> Operation {
    Operation::new(name, Class::Batch, Scope::Ingest)
}

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let table = |name| read(name, Class::Table);
    let batch = |name| read(name, Class::Batch);
    OpenApiRouter::new()
        .routes(operation(
            app,
            ingest("metrics.ingest"),
            routes!(ingest::ingest),
        ))
        .routes(operation(
            app,
            ingest("metrics.import"),
            routes!(prometheus::import),
        ))
        .routes(operation(
            app,
            table("metrics.names"),
            routes!(catalog::names),
        ))
        .routes(operation(
            app,
            table("metrics.series"),
            routes!(catalog::series),
        ))
        .routes(operation(
            app,
            table("metrics.labels"),
            routes!(catalog::labels),
        ))
        .routes(operation(
            app,
            table("metrics.label_values"),
            routes!(catalog::label_values),
        ))
        .routes(operation(
            app,
            table("metrics.refusals"),
            routes!(refusals::refusals),
        ))
        .routes(operation(
            app,
            batch("metrics.statistics"),
            routes!(statistics::statistics),
        ))
        .routes(operation(
            app,
            batch("metrics.range"),
            routes!(range::range),
        ))
}

//! Events: recording them, and looking them up.

mod filter;
mod list;
mod record;
mod statistics;

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let ingest = |name, class| Operation::new(name, class, Scope::Ingest);
    let read = |name, class| Operation::new(name, class, Scope::Read);
    OpenApiRouter::new()
        .routes(operation(
            app,
            ingest("events.record", Class::Table),
            routes!(record::record),
        ))
        .routes(operation(
            app,
            ingest("events.record_many", Class::Batch),
            routes!(record::record_many),
        ))
        .routes(operation(
            app,
            read("events.list", Class::Table),
            routes!(list::list),
        ))
        .routes(operation(
            app,
            read("events.get", Class::Table),
            routes!(list::get),
        ))
        .routes(operation(
            app,
            read("events.statistics", Class::Batch),
            routes!(statistics::statistics),
        ))
}

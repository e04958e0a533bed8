//! Alerts: what there is, what happened to it, and what people do with it.

mod filter;
mod list;
mod operate;
mod story;
mod summary;
mod trial;
mod trigger;

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use filter::matchers_of;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let table = |name, scope| Operation::new(name, Class::Table, scope);
    let read = |name| Operation::new(name, Class::Batch, Scope::Read);
    let operate = |name| table(name, Scope::Operate);
    OpenApiRouter::new()
        .routes(operation(app, read("alerts.list"), routes!(list::list)))
        .routes(operation(
            app,
            read("alerts.history"),
            routes!(list::history),
        ))
        .routes(operation(
            app,
            read("alerts.summary"),
            routes!(summary::summary),
        ))
        .routes(operation(
            app,
            table("alerts.trigger", Scope::Ingest),
            routes!(trigger::trigger),
        ))
        .routes(operation(
            app,
            operate("alerts.test"),
            routes!(trial::trial),
        ))
        .routes(operation(
            app,
            table("alerts.get", Scope::Read),
            routes!(story::get),
        ))
        .routes(operation(
            app,
            operate("alerts.acknowledge"),
            routes!(operate::acknowledge),
        ))
        .routes(operation(
            app,
            operate("alerts.suppress"),
            routes!(operate::suppress),
        ))
        .routes(operation(
            app,
            operate("alerts.resolve"),
            routes!(operate::resolve),
        ))
}

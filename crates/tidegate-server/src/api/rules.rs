//! Rules: which numbers make alerts, and why they do or do not.

mod change;
mod explain;
mod list;
mod wire;

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

/// Whose set the rules belong to that are made here.
const SOURCE: &str = "api";

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let table = |name, scope| Operation::new(name, Class::Table, scope);
    let batch = |name| Operation::new(name, Class::Batch, Scope::Read);
    OpenApiRouter::new()
        .routes(operation(app, batch("rules.list"), routes!(list::list)))
        .routes(operation(
            app,
            table("rules.get", Scope::Read),
            routes!(list::get),
        ))
        .routes(operation(
            app,
            table("rules.put", Scope::Admin),
            routes!(change::put),
        ))
        .routes(operation(
            app,
            table("rules.delete", Scope::Admin),
            routes!(change::delete),
        ))
        .routes(operation(
            app,
            table("rules.check", Scope::Read),
            routes!(change::check),
        ))
        .routes(operation(
            app,
            batch("rules.explain"),
            routes!(explain::explain),
        ))
}

//! Silences: for a while nobody is told of some alerts.

mod change;
mod list;
mod wire;

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = |name| Operation::new(name, Class::Table, Scope::Read);
    let operate = |name| Operation::new(name, Class::Table, Scope::Operate);
    OpenApiRouter::new()
        .routes(operation(app, read("silences.list"), routes!(list::list)))
        .routes(operation(app, read("silences.get"), routes!(list::get)))
        .routes(operation(
            app,
            operate("silences.create"),
            routes!(change::create),
        ))
        .routes(operation(
            app,
            operate("silences.expire"),
            routes!(change::expire),
        ))
}

//! Notifications: what was, is and will be told to whom.

mod list;
mod operate;

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = |name, class| Operation::new(name, class, Scope::Read);
    let operate = |name| Operation::new(name, Class::Table, Scope::Operate);
    OpenApiRouter::new()
        .routes(operation(
            app,
            read("notifications.list", Class::Batch),
            routes!(list::list),
        ))
        .routes(operation(
            app,
            read("notifications.get", Class::Table),
            routes!(list::get),
        ))
        .routes(operation(
            app,
            operate("notifications.retry"),
            routes!(operate::retry),
        ))
        .routes(operation(
            app,
            operate("notifications.cancel"),
            routes!(operate::cancel),
        ))
}

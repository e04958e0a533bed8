//! Alertmanager's API, version 2, as far as Prometheus, amtool and dashboards use it.
//!
//! Fields that are not known are passed over, as Alertmanager does: what senders add must not keep their alerts out.

mod alert;
mod alerts;
mod groups;
mod matcher;
mod push;
mod receivers;
mod silence;
mod silences;
mod snapshot;
mod status;

use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let table = |name, scope| Operation::new(name, Class::Table, scope);
    let batch = |name, scope| Operation::new(name, Class::Batch, scope);
    OpenApiRouter::new()
        .routes(operation(
            app,
            batch("alertmanager.push", Scope::Ingest),
            routes!(push::push),
        ))
        .routes(operation(
            app,
            batch("alertmanager.alerts", Scope::Read),
            routes!(alerts::alerts),
        ))
        .routes(operation(
            app,
            batch("alertmanager.groups", Scope::Read),
            routes!(groups::groups),
        ))
        .routes(operation(
            app,
            table("alertmanager.receivers", Scope::Read),
            routes!(receivers::receivers),
        ))
        .routes(operation(
            app,
            table("alertmanager.status", Scope::Read),
            routes!(status::status),
        ))
        .routes(operation(
            app,
            batch("alertmanager.silences", Scope::Read),
            routes!(silences::list),
        ))
        .routes(operation(
            app,
            table("alertmanager.silence", Scope::Operate),
            routes!(silences::create),
        ))
        .routes(operation(
            app,
            table("alertmanager.silence_get", Scope::Read),
            routes!(silences::get),
        ))
        .routes(operation(
            app,
            table("alertmanager.silence_expire", Scope::Operate),
            routes!(silences::expire),
        ))
}

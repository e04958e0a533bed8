//! What people do with notifications: have them sent now, or stop them.

use axum::extract::Path;
use serde::Deserialize;
use tidegate::Tx;
use tidegate_stores::{Id, notify};
use utoipa::ToSchema;

use crate::clock;
use crate::http::{Context, Json, MaybeDocument};
use crate::problem::Problem;
use crate::wire::WireNotification;

/// Why a notification is stopped.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Cancellation {
    /// Why; the ledger shows it.
    reason: Option<String>,
}

/// Has a notification sent now that waits, or that was given up: then it is the next one of its group that is answered.
#[utoipa::path(
    post, path = "/api/v1/notifications/{id}/retry", tag = "notifications",
    params(("id" = String, Path, description = "The notification's id, a UUID")),
    responses((status = 200, body = WireNotification))
)]
pub(super) async fn retry(
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<WireNotification>, Problem> {
    let id = Id::parse(&id)?;
    let now = clock::now();
    change(&context, "notifications.retry", move |tx| {
        notify::retry_now(tx, now, id)
    })
    .await
}

/// Stops a notification that waits. What it would have told is told when its group changes or is to be repeated.
#[utoipa::path(
    post, path = "/api/v1/notifications/{id}/cancel", tag = "notifications", request_body = Option<Cancellation>,
    params(("id" = String, Path, description = "The notification's id, a UUID")),
    responses((status = 200, body = WireNotification))
)]
pub(super) async fn cancel(
    context: Context,
    Path(id): Path<String>,
    MaybeDocument(given): MaybeDocument<Cancellation>,
) -> Result<Json<WireNotification>, Problem> {
    let id = Id::parse(&id)?;
    let now = clock::now();
    let who = context.caller_name();
    let reason = match given.reason {
        Some(reason) => format!("cancelled by {who}: {reason}"),
        None => format!("cancelled by {who}"),
    };
    change(&context, "notifications.cancel", move |tx| {
        notify::cancel(tx, now, id, &reason)?;
        Ok(id)
    })
    .await
}

async fn change(
    context: &Context,
    name: &'static str,
    work: impl FnOnce(&mut Tx<'_>) -> tidegate_stores::Result<Id> + Send + 'static,
) -> Result<Json<WireNotification>, Problem> {
    let write = move |tx: &mut Tx<'_>| {
        let id = work(tx)?;
        let message = notify::message(tx, id)?;
        WireNotification::load(tx, message)
    };
    let changed = context.write(name, write).await;
    changed.map(Json).map_err(Problem::of_state)
}

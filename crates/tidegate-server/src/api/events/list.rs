//! Looking events up.

use axum::extract::Path;
use axum::response::Response;
use tidegate::ReadTx;
use tidegate_stores::{Id, events};

use super::filter::{EventQuery, filter_of};
use crate::api::page::{PageReply, checked};
use crate::http::{Context, Json, Query, heavy};
use crate::problem::Problem;
use crate::wire::WireEvent;

/// The events, the newest first.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", params(EventQuery),
    responses((status = 200, body = PageReply<WireEvent>))
)]
pub(super) async fn list(
    context: Context,
    Query(query): Query<EventQuery>,
) -> Result<Response, Problem> {
    if query.window.is_some() {
        let detail = "is for statistics; give `from` and `to`";
        return Err(Problem::invalid_field("window", detail));
    }
    let (cursor, limit) = checked(query.cursor.as_deref(), query.limit, &context)?;
    let mut filter = filter_of(&query)?;
    let (from, to) = query.times();
    (filter.from, filter.to) = (from.map(|at| at.0), to.map(|at| at.0));
    let look = move |tx: &mut ReadTx<'_>| events::list(tx, &filter, cursor.as_ref(), limit);
    let page = context.read("events.list", look).await?;
    heavy(PageReply::of(page, WireEvent::from)).await
}

/// One event.
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "events",
    params(("id" = String, Path, description = "The event's id, a UUID")),
    responses((status = 200, body = WireEvent))
)]
pub(super) async fn get(
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<WireEvent>, Problem> {
    let id = Id::parse(&id)?;
    let event = context.read("events.get", move |tx| events::get(tx, id));
    Ok(Json(event.await?.into()))
}

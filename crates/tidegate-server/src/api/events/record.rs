//! Recording events.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tidegate::Tx;
use tidegate_stores::events::{self, NewEvent, Recorded};
use tidegate_stores::{Error, Id};
use utoipa::ToSchema;

use crate::clock;
use crate::http::{Context, Document, Json};
use crate::problem::Problem;
use crate::wire::WireNewEvent;

/// What an event got when it was recorded.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordedEvent {
    /// Its place in the order of recording.
    seq: u64,
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
}

/// Events to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    /// The events, 10,000 at most.
    events: Vec<WireNewEvent>,
}

/// What several events got.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordedEvents {
    /// In the order in which they were given.
    items: Vec<RecordedEvent>,
}

impl From<Recorded> for RecordedEvent {
    fn from(recorded: Recorded) -> Self {
        Self {
            seq: recorded.seq,
            id: recorded.id,
        }
    }
}

/// Records an event.
#[utoipa::path(
    post, path = "/api/v1/events", tag = "events", request_body = WireNewEvent,
    responses((status = 201, body = RecordedEvent))
)]
pub(super) async fn record(
    context: Context,
    Document(event): Document<WireNewEvent>,
) -> Result<Response, Problem> {
    let event = event.into_event()?;
    let now = clock::now();
    let record = move |tx: &mut Tx<'_>| events::record(tx, now, event);
    // There is one event, so its index says nothing.
    let recorded = context.write("events.record", record).await?;
    Ok((StatusCode::CREATED, Json(RecordedEvent::from(recorded))).into_response())
}

/// Records several events, all or none.
#[utoipa::path(
    post, path = "/api/v1/events/batch", tag = "events", request_body = Events,
    responses((status = 201, body = RecordedEvents))
)]
pub(super) async fn record_many(
    context: Context,
    Document(document): Document<Events>,
) -> Result<Response, Problem> {
    let events = events_of(document)?;
    let now = clock::now();
    let record = move |tx: &mut Tx<'_>| events::record_many(tx, now, events);
    let recorded = context.write("events.record_many", record).await;
    let recorded = recorded.map_err(|error: Error| Problem::of_item("events", error))?;
    let items = recorded.into_iter().map(RecordedEvent::from).collect();
    Ok((StatusCode::CREATED, Json(RecordedEvents { items })).into_response())
}

fn events_of(document: Events) -> Result<Vec<NewEvent>, Problem> {
    let events = document.events.into_iter().enumerate();
    let events = events.map(|(item, event)| {
        event
            .into_event()
            .map_err(|problem| problem.within(&format!("events[{item}]")))
    });
    events.collect()
}

//! The live tail over server-sent events.

use std::convert::Infallible;

use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;

use super::{LiveQuery, tail};
use crate::http::{Context, Query};
use crate::live::{Envelope, Message, Tail};
use crate::problem::Problem;

/// What is new, as server-sent events.
///
/// Each event's name is the topic, its id is where to go on (`Last-Event-ID`), its data is the envelope. The first one,
/// `hello`, tells where the connection begins; `lost` tells how many were removed before they were read. A comment comes
/// when there is nothing new for a while.
#[utoipa::path(
    get, path = "/api/v1/live", tag = "live", params(LiveQuery),
    responses((status = 200, body = Envelope, content_type = "text/event-stream"))
)]
pub(super) async fn live(
    context: Context,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let tail = tail(&context, &query, &headers).await?;
    Ok(Sse::new(unfold(tail, next)))
}

async fn next(mut tail: Tail) -> Option<(Result<Event, Infallible>, Tail)> {
    let event = match tail.next().await? {
        Message::Heartbeat => Event::default().comment("alive"),
        Message::Told(told) => Event::default()
            .id(&told.position)
            .event(told.envelope.topic)
            .data(told.envelope.to_json()),
    };
    Some((Ok(event), tail))
}

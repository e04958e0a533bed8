//! The live tail over server-sent events and over WebSocket.

mod sse;
mod websocket;

use axum::http::HeaderMap;
use serde::Deserialize;
use tidegate_stores::auth::Scope;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Context, Operation, operation};
use crate::live::{Positions, Tail};
use crate::operation::Class;
use crate::problem::{Code, Problem};

/// The header by which a client of server-sent events goes on.
const LAST_EVENT_ID: &str = "last-event-id";

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = |name| Operation::new(name, Class::Live, Scope::Read);
    OpenApiRouter::new()
        .routes(operation(app, read("live.sse"), routes!(sse::live)))
        .routes(operation(
            app,
            read("live.websocket"),
            routes!(websocket::live),
        ))
}

/// What is listened to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LiveQuery {
    /// Topics, separated by commas: `events`. All of them unless said otherwise.
    topics: Option<String>,
    /// Where to go on: the `id` of the last message (`events=12`), or its `seq` where there is one topic. Without it, with
    /// what comes from now on.
    after: Option<String>,
}

/// A listener for a request.
async fn tail(context: &Context, query: &LiveQuery, headers: &HeaderMap) -> Result<Tail, Problem> {
    let mut positions = Positions::of_topics(query.topics.as_deref())?;
    let last_id = headers.get(LAST_EVENT_ID);
    let last_id = last_id.and_then(|value| value.to_str().ok());
    // What a client has seen since is newer than what its first URL says.
    if let Some(place) = last_id.or(query.after.as_deref()) {
        positions.go_on_after(place)?;
    }
    let app = context.app.clone();
    let most = app.config().server.live_connections_max;
    let place = app.live.enter(most).ok_or_else(|| {
        let detail = format!("there are {most} live connections already");
        Problem::new(Code::Busy, detail).retry_after(1)
    })?;
    Ok(Tail::begin(app, context.caller_id(), positions, place).await?)
}

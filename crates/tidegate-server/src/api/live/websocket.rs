//! The live tail over WebSocket.

use std::time::Duration;

use axum::extract::ws::{self, CloseFrame, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{LiveQuery, tail};
use crate::http::{Context, Query};
use crate::live::{Message, Tail};
use crate::problem::{Code, Problem};

/// How long a listener may take for one message before the connection is given up.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest message that a listener may send, in bytes: there is nothing to say.
const INCOMING_BYTES_MAX: usize = 4 << 10;

/// What is new, over WebSocket.
///
/// Each text is an envelope, the same as with server-sent events. What the client sends is passed over; it goes on after a
/// break with `?after=`. A ping comes when there is nothing new for a while.
#[utoipa::path(
    get, path = "/api/v1/live/ws", tag = "live", params(LiveQuery),
    responses((status = 101, description = "The connection is one of WebSocket from here on"))
)]
pub(super) async fn live(
    context: Context,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade
        .map_err(|error| Problem::new(Code::InvalidField, error.body_text()).field("upgrade"))?;
    let tail = tail(&context, &query, &headers).await?;
    let upgrade = upgrade.max_message_size(INCOMING_BYTES_MAX);
    Ok(upgrade.on_upgrade(|socket| talk(socket, tail)))
}

/// Tells until one of the two goes.
async fn talk(mut socket: WebSocket, mut tail: Tail) {
    loop {
        tokio::select! {
            message = tail.next() => {
                let Some(message) = message else { break };
                if !send(&mut socket, frame(message)).await {
                    return;
                }
            }
            incoming = socket.recv() => match incoming {
                Some(Ok(ws::Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
    let goodbye = CloseFrame {
        code: close_code::AWAY,
        reason: Utf8Bytes::from_static("the server or the key has come to its end"),
    };
    send(&mut socket, ws::Message::Close(Some(goodbye))).await;
}

fn frame(message: Message) -> ws::Message {
    match message {
        Message::Heartbeat => ws::Message::Ping(axum::body::Bytes::new()),
        Message::Told(told) => ws::Message::Text(told.envelope.to_json().into()),
    }
}

/// Whether it was taken in time.
async fn send(socket: &mut WebSocket, frame: ws::Message) -> bool {
    let sent = tokio::time::timeout(SEND_TIMEOUT, socket.send(frame)).await;
    matches!(sent, Ok(Ok(())))
}

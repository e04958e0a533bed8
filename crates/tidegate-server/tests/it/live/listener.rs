//! Listeners of both transports.

use futures_util::StreamExt as _;
use reqwest::{Method, Response};
use serde_json::Value as Json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{Client, PATIENCE};

/// A message of server-sent events.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) data: Json,
}

/// A connection of server-sent events.
pub(super) struct Sse {
    response: Response,
    text: String,
}

impl Sse {
    pub(super) async fn open(client: &Client, path: &str) -> Self {
        Self::of(client.request(Method::GET, path)).await
    }

    pub(super) async fn resume(client: &Client, path: &str, last_id: &str) -> Self {
        Self::of(
            client
                .request(Method::GET, path)
                .header("last-event-id", last_id),
        )
        .await
    }

    async fn of(request: reqwest::RequestBuilder) -> Self {
        // Whoever could read compressed answers still gets each message when it is told.
        let request = request.header("accept-encoding", "gzip");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers().get("content-encoding"), None);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    /// The next message; comments are passed over.
    pub(super) async fn next(&mut self) -> Told {
        loop {
            let block = self.block().await.expect("the connection ended");
            let field = |name: &str| {
                let prefix = format!("{name}: ");
                block
                    .lines()
                    .find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
            };
            if let Some(data) = field("data") {
                return Told {
                    id: field("id").unwrap(),
                    name: field("event").unwrap(),
                    data: serde_json::from_str(&data).unwrap(),
                };
            }
        }
    }

    /// Whether the next thing is a comment.
    pub(super) async fn beats(&mut self) -> bool {
        self.block()
            .await
            .is_some_and(|block| block.starts_with(':'))
    }

    /// Whether nothing but comments comes until the end.
    pub(super) async fn ends(&mut self) -> bool {
        while let Some(block) = self.block().await {
            if !block.starts_with(':') {
                return false;
            }
        }
        true
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk())
                .await
                .unwrap();
            let bytes = chunk.ok()??;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

/// A connection of WebSocket.
pub(super) struct WebSocket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl WebSocket {
    pub(super) async fn open(client: &Client, path: &str) -> Self {
        let url = format!("{}{path}", client.url.replace("http:", "ws:"));
        let mut request = url.into_client_request().unwrap();
        let key = format!("Bearer {}", client.key).parse().unwrap();
        request.headers_mut().insert("authorization", key);
        let (stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Self(stream)
    }

    /// The next envelope; pings are passed over.
    pub(super) async fn next(&mut self) -> Json {
        loop {
            if let Message::Text(text) = self.message().await.expect("the connection ended") {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Whether the next thing is a ping.
    pub(super) async fn beats(&mut self) -> bool {
        matches!(self.message().await, Some(Message::Ping(_)))
    }

    /// Whether nothing but pings comes until it is closed.
    pub(super) async fn ends(&mut self) -> bool {
        loop {
            match self.message().await {
                Some(Message::Ping(_)) => {}
                Some(Message::Close(_)) | None => return true,
                Some(_) => return false,
            }
        }
    }

    async fn message(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap();
        next?.ok()
    }
}

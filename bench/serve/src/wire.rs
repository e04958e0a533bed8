//! HTTP/1.1 over connections that are kept, one request at a time on each.

use std::net::SocketAddr;

use bench_harness::Result;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// The longest deadline that the server grants unless it is configured otherwise: what is measured here is told by its
/// time, not by an error.
const REQUEST_TIMEOUT: &str = "60s";

/// Where a server is, and the key that it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    pub(crate) key: Option<String>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    endpoint: Endpoint,
    asks_for_time: bool,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Endpoint {
    /// Opens a connection.
    pub(crate) async fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Connection {
            sender,
            endpoint: self.clone(),
            asks_for_time: false,
        })
    }
}

impl Connection {
    /// From now on each request asks for a long deadline.
    pub(crate) fn patient(mut self) -> Self {
        self.asks_for_time = true;
        self
    }

    pub(crate) async fn post(&mut self, path: &str, media: &str, body: Bytes) -> Result<Answer> {
        let head = self.head(Method::POST, path).header(CONTENT_TYPE, media);
        self.send(head.body(Full::new(body))?).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer> {
        let head = self.head(Method::GET, path);
        self.send(head.body(Full::default())?).await
    }

    fn head(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        let mut head = Request::builder().method(method).uri(path);
        head = head.header(HOST, self.endpoint.address.to_string());
        if let Some(key) = &self.endpoint.key {
            head = head.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        match self.asks_for_time {
            true => head.header("x-request-timeout", REQUEST_TIMEOUT),
            false => head,
        }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, body })
    }
}

impl Answer {
    /// The JSON of an answer of success.
    pub(crate) fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(self.success()?)?)
    }

    /// The body of an answer of success.
    pub(crate) fn success(&self) -> Result<&Bytes> {
        match self.status.is_success() {
            true => Ok(&self.body),
            false => {
                let body = String::from_utf8_lossy(&self.body);
                Err(format!("answered with {}: {body}", self.status).into())
            }
        }
    }
}

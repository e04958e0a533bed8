//! Lets some routes be answered by a fixture, and all others by a real server.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server in front of another.
pub(super) struct Proxy {
    pub(super) url: String,
    running: JoinHandle<()>,
}

impl Proxy {
    /// Answers what `routes` has, and hands everything else to the server at `behind`.
    pub(super) async fn start(routes: Router, behind: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let http = reqwest::Client::builder()
            .no_proxy()
            .gzip(false)
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let pass = axum::routing::any(pass).with_state((http.unwrap(), behind.to_owned()));
        let service = routes.fallback_service(pass);
        let running = tokio::spawn(async move {
            axum::serve(listener, service).await.unwrap();
        });
        Self { url, running }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Hands a request on as it is; what comes back is streamed, so that a live tail stays live.
async fn pass(
    State((http, behind)): State<(reqwest::Client, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let request = http
        .request(parts.method, format!("{behind}{path}"))
        .headers(parts.headers)
        .body(body);
    match request.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = Body::from_stream(answer.bytes_stream()).into_response();
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            response.headers_mut().remove("transfer-encoding");
            response
        }
        Err(_) => axum::http::StatusCode::BAD_GATEWAY.into_response(),
    }
}

//! A receiver of notifications that is always busy, and asks to be left alone for ten minutes.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use tokio::net::TcpListener;

/// Starts it, and gives its port. It ends with the test's runtime.
pub(super) async fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let busy = (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "600")]);
    let routes = Router::new().fallback(async move || busy.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    port
}

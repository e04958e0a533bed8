//! Limits: how often, how big, how many; and compression, which gets round none of them.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, TestServer};

/// `{"samples":[{"name":"zipped","value":1}]}`, compressed by gzip.
const ZIPPED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 78, 204, 45, 200, 73, 45, 86, 178, 138, 174, 86,
    202, 75, 204, 77, 85, 178, 82, 170, 202, 44, 40, 72, 77, 81, 210, 81, 42, 75, 204, 41, 5, 10,
    24, 214, 198, 214, 2, 0, 128, 8, 63, 99, 41, 0, 0, 0,
];
/// Two thousand spaces, compressed by gzip.
const ZIPPED_SPACES: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 83, 80, 24, 5, 163, 96, 20, 140, 130, 81, 48, 10, 70, 193, 80,
    7, 0, 42, 202, 22, 85, 208, 7, 0, 0,
];

#[tokio::test]
async fn a_key_that_is_used_too_often_has_to_wait() {
    let server = TestServer::start_with(|config| {
        config.server.requests_per_second = 1;
        config.server.requests_burst = 3;
    })
    .await;
    let (other, _) = server.issue(&["read"]).await;
    server.get("/api/v1/events").await.expect(200);
    server.get("/api/v1/events").await.expect(200);
    let reply = server.get("/api/v1/events").await;
    assert_eq!(reply.header("retry-after"), Some("1"));
    reply.expect_problem(429, "rate_limited");
    other.get("/api/v1/events").await.expect(200);
    server.get("/livez").await.expect(200);
}

#[tokio::test]
async fn answers_are_compressed_if_that_is_wished() {
    let server = TestServer::start().await;
    let request = server
        .request(Method::GET, "/api/v1/system")
        .header("accept-encoding", "gzip");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let plain = server.get("/api/v1/system").await;
    assert_eq!(plain.header("content-encoding"), None);
}

#[tokio::test]
async fn a_compressed_body_is_read_up_to_the_limit_of_what_it_holds() {
    let server = TestServer::start_with(|config| config.server.body_bytes_max = 1_024).await;
    let send = |bytes: &'static [u8]| {
        let request = server.request(Method::POST, "/api/v1/metrics");
        let request = request.header("content-type", "application/json");
        server.send(request.header("content-encoding", "gzip").body(bytes))
    };
    let stored = send(ZIPPED).await.expect(200);
    assert_eq!(stored["stored"], json!(1));
    send(ZIPPED_SPACES)
        .await
        .expect_problem(413, "body_too_large");
}

#[tokio::test]
async fn a_live_connection_too_many_has_to_wait() {
    let server = TestServer::start_with(|config| config.server.live_connections_max = 1).await;
    let first = server
        .request(Method::GET, "/api/v1/live")
        .send()
        .await
        .unwrap();
    server.get("/api/v1/live").await.expect_problem(503, "busy");
    drop(first);
    crate::support::wait_until(async || {
        let again = server
            .request(Method::GET, "/api/v1/live")
            .send()
            .await
            .unwrap();
        again.status() == 200
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let short = Duration::from_millis(100);
    let server = TestServer::start_with(|config| config.server.header_timeout = short).await;
    let address = server.url.trim_start_matches("http://");
    for said in ["", "GET /livez HTTP/1.1\r\nhost: x\r\nslowly:"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer));
        end.await.unwrap().unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{said}");
    }
}

#[tokio::test]
async fn a_reload_changes_limits_at_once() {
    let server = TestServer::start().await;
    server.get("/api/v1/events?limit=500").await.expect(200);
    let mut config = tidegate_server::Config::default();
    config.server.rows_max = 10;
    server.handle.reload(config).await;
    server
        .get("/api/v1/events?limit=500")
        .await
        .expect_problem(422, "limit_exceeded");
}

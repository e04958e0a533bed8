//! Deadlines, and callers who go away: the work ends with them.

use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, TestServer, client_event, wait_until};

#[tokio::test]
async fn a_write_that_cannot_be_done_in_time_is_not_done() {
    let server = TestServer::start().await;
    server.record_event("before").await.expect(201);
    let other = server.other_handle().await;
    // Another process holds the file's lock.
    let holding = other.begin().await.unwrap();
    let request = server.request(Method::POST, "/api/v1/events");
    let request = request
        .header("x-request-timeout", "200ms")
        .json(&client_event("late"));
    let problem = server
        .send(request)
        .await
        .expect_problem(504, "deadline_exceeded");
    assert_eq!(problem["committed"], "no");
    holding.rollback().await.unwrap();
    server.record_event("after").await.expect(201);
    assert_eq!(server.titles().await, ["after", "before"]);
    let system = server.get("/api/v1/system").await.expect(200);
    let classes = system["classes"].as_array().unwrap();
    let timeouts: u64 = classes
        .iter()
        .map(|class| class["timeouts"].as_u64().unwrap())
        .sum();
    // The route, and the call of the store.
    assert_eq!(timeouts, 2);
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let server = TestServer::start().await;
    let (address, key) = (server.url.trim_start_matches("http://"), &server.key);
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: 100\r\nx-request-timeout: 100ms\r\n\r\n{{"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let end = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer));
    end.await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    assert!(
        answer.contains("\"code\":\"deadline_exceeded\""),
        "{answer}"
    );
}

#[tokio::test]
async fn reads_go_on_while_writes_cannot() {
    let server = TestServer::start().await;
    server.record_event("before").await.expect(201);
    let other = server.other_handle().await;
    let holding = other.begin().await.unwrap();
    assert_eq!(server.titles().await, ["before"]);
    holding.rollback().await.unwrap();
}

#[tokio::test]
async fn the_work_of_a_caller_who_has_gone_is_not_done() {
    let server = TestServer::start().await;
    server.record_event("before").await.expect(201);
    let other = server.other_handle().await;
    let holding = other.begin().await.unwrap();
    let request = server
        .request(Method::POST, "/api/v1/events")
        .json(&client_event("gone"));
    let gone = request.timeout(Duration::from_millis(200)).send().await;
    assert!(gone.unwrap_err().is_timeout());
    wait_until(async || {
        let system = server.get("/api/v1/system").await.expect(200);
        let operations = system["operations"].as_array().unwrap().clone();
        let cancelled = |kind: &str| {
            let wanted =
                |one: &&serde_json::Value| one["name"] == "events.record" && one["kind"] == kind;
            operations.iter().find(wanted).unwrap()["cancelled"]
                .as_u64()
                .unwrap()
        };
        cancelled("route") == 1 && cancelled("store") == 1
    })
    .await;
    holding.rollback().await.unwrap();
    server.record_event("after").await.expect(201);
    assert_eq!(server.titles().await, ["after", "before"]);
}

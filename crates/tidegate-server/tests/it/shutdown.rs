//! Ending: what is under way is finished, what was acknowledged is there.

use std::time::Duration;

use reqwest::Method;

use crate::support::{PATIENCE, TestServer, client_event, wait_until};

#[tokio::test]
async fn a_request_under_way_is_finished() {
    let server = TestServer::start().await;
    let other = server.other_handle().await;
    let holding = other.begin().await.unwrap();
    let request = server.request(Method::POST, "/api/v1/events");
    let request = request
        .header("x-request-timeout", "20s")
        .json(&client_event("last"));
    let under_way = tokio::spawn(async move { request.send().await.unwrap().status() });
    wait_until(async || {
        let system = server.get("/api/v1/system").await.expect(200);
        system["database"]["stats"]["write_lane"]["in_flight"] == 1
    })
    .await;
    server.handle.stop();
    wait_until(async || server.bare(Method::GET, "/livez").send().await.is_err()).await;
    holding.rollback().await.unwrap();
    assert_eq!(under_way.await.unwrap(), 201);
    let server = server.stop().await.start_again().await;
    assert_eq!(server.titles().await, ["last"]);
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut_off() {
    let short = Duration::from_millis(100);
    let server = TestServer::start_with(|config| config.server.shutdown_timeout = short).await;
    let other = server.other_handle().await;
    let holding = other.begin().await.unwrap();
    let request = server.request(Method::POST, "/api/v1/events");
    let request = request
        .header("x-request-timeout", "30s")
        .json(&client_event("never"));
    let under_way = tokio::spawn(async move { request.send().await.map(|reply| reply.status()) });
    wait_until(async || {
        let system = server.get("/api/v1/system").await.expect(200);
        system["database"]["stats"]["write_lane"]["in_flight"] == 1
    })
    .await;
    let stopped = server.stop().await;
    assert!(under_way.await.unwrap().is_err());
    holding.rollback().await.unwrap();
    other.close().await.unwrap();
    assert!(stopped.start_again().await.titles().await.is_empty());
}

#[tokio::test]
async fn an_idle_connection_holds_nothing_up() {
    let server = TestServer::start().await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let _idle = tokio::net::TcpStream::connect(address).await.unwrap();
    server.get("/livez").await.expect(200);
    let stopping = tokio::time::timeout(PATIENCE / 4, server.stop()).await;
    assert!(stopping.is_ok());
}

#[tokio::test]
async fn a_clean_end_leaves_one_file() {
    let server = TestServer::start().await;
    server.record_event("x").await.expect(201);
    let stopped = server.stop().await;
    let mut entries = tokio::fs::read_dir(stopped.dir.path()).await.unwrap();
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await.unwrap() {
        names.push(entry.file_name().into_string().unwrap());
    }
    assert_eq!(names, ["test.db"]);
}

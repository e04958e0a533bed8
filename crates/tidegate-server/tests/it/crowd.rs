//! Two thousand writers at once: none is refused, nothing of theirs is lost, and the event loop goes on.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use crate::support::TestServer;
use crate::support::chain::items;

const WRITERS: usize = 2_000;

/// Each writer has a connection of its own, whose both ends are in this process.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

/// Every second writer triggers an alert, the others record a sample each of two series.
fn write(server: &TestServer, writer: usize) -> RequestBuilder {
    let n = writer.to_string();
    let alert =
        || json!({ "name": "crowd", "severity": "warning", "message": "m", "labels": { "n": n } });
    let sample = |name: &str| json!({ "name": name, "labels": { "n": n }, "value": writer });
    let (path, body) = match writer % 2 {
        0 => ("/api/v1/alerts", alert()),
        _ => (
            "/api/v1/metrics",
            json!({ "samples": [sample("one"), sample("two")] }),
        ),
    };
    let request = server.request(Method::POST, path).json(&body);
    request.header("x-request-timeout", "60s")
}

async fn stalls(server: &TestServer) -> Json {
    server.get("/api/v1/system").await.expect(200)["stalls"].clone()
}

/// The labels `n` of all alerts.
async fn labels_of_alerts(server: &TestServer) -> BTreeSet<String> {
    let (mut labels, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let path = format!("/api/v1/alerts?limit=1000{cursor}");
        let page = server.get(&path).await.expect(200);
        let items = items(&page).into_iter();
        labels.extend(items.map(|alert| alert["labels"]["n"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return labels,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_writers_lose_nothing_and_none_is_refused() {
    raise_file_limit();
    let server = TestServer::start_from(
        "[server]\nconnections_max = 4096\nrequests_per_second = 100000\nrequests_burst = 100000\n\
         request_timeout_max = \"60s\"\n[alerts]\nbuiltin_rules = false\n",
    )
    .await;
    let before = stalls(&server).await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let request = write(&server, writer);
        writers.spawn(async move {
            let reply = request.send().await.unwrap();
            (reply.status(), reply.text().await.unwrap())
        });
    }
    let replies = writers.join_all().await;
    let refused: Vec<_> = replies.iter().filter(|one| !one.0.is_success()).collect();
    assert!(refused.is_empty(), "{} refused: {refused:?}", refused.len());
    let expected = |rest| {
        let writers = (0..WRITERS).filter(move |writer| writer % 2 == rest);
        writers.map(|writer| writer.to_string())
    };
    assert_eq!(labels_of_alerts(&server).await, expected(0).collect());
    for metric in ["one", "two"] {
        let path = format!("/api/v1/metrics/statistics?selector={metric}&window=10m");
        let found = server.get(&path).await.expect(200);
        assert_eq!(found["series"], WRITERS / 2);
        assert_eq!(found["count"], WRITERS / 2);
        let sum: usize = (0..WRITERS).filter(|writer| writer % 2 == 1).sum();
        let mean = sum as f64 / (WRITERS / 2) as f64;
        assert_eq!(found["values"]["mean"], mean);
    }
    let after = stalls(&server).await;
    // How late it was is a matter of the benchmarks: both ends share these two threads.
    assert!(
        after["ticks"].as_u64() > before["ticks"].as_u64(),
        "{after}"
    );
    assert_eq!(after["running"], true, "{after}");
    println!("stalls before: {before}\nstalls after: {after}");
    server.stop().await;
}

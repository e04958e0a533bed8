//! Many at once: every acknowledged write is there, and none is there twice.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::TestServer;

const CALLERS: u64 = 50;
const EACH: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_lost_and_the_order_has_no_gaps() {
    let server = TestServer::start().await;
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let client = server.client.clone();
        callers.spawn(async move {
            let mut seqs = Vec::new();
            for n in 0..EACH {
                let recorded = client
                    .record_event(&format!("{caller}-{n}"))
                    .await
                    .expect(201);
                seqs.push(recorded["seq"].as_u64().unwrap());
            }
            seqs
        });
    }
    let seqs: Vec<u64> = callers.join_all().await.into_iter().flatten().collect();
    let different: BTreeSet<u64> = seqs.iter().copied().collect();
    assert_eq!(different, (1..=CALLERS * EACH).collect());
    let titles: BTreeSet<String> = server.titles().await.into_iter().collect();
    assert_eq!(titles.len() as u64, CALLERS * EACH);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_and_events_do_not_get_into_each_others_way() {
    let server = TestServer::start().await;
    let mut callers = JoinSet::new();
    for caller in 0..20 {
        let client = server.client.clone();
        callers.spawn(async move {
            let sample = |n: i32| json!({ "name": "load", "labels": { "of": caller.to_string() }, "value": n });
            let batch = json!({ "samples": (0..50).map(sample).collect::<Vec<_>>() });
            client.post("/api/v1/metrics", &batch).await.expect(200);
            client.record_event("x").await.expect(201);
        });
    }
    callers.join_all().await;
    let found = server
        .get("/api/v1/metrics/statistics?selector=load&window=1m")
        .await
        .expect(200);
    // The samples of a batch share their moment: the last one stays.
    assert_eq!(
        (&found["series"], &found["values"]["min"]),
        (&json!(20), &json!(49.0))
    );
    assert_eq!(server.titles().await.len(), 20);
}

//! Debian's Prometheus and amtool, unchanged, against a real server.

mod programs;

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::TestServer;
use programs::{Amtool, Prometheus};

/// How long a program that has just been started may take to send an alert.
const ALERT_PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

#[tokio::test]
async fn prometheus_scrapes_us_and_sends_us_alerts_which_amtool_lists() {
    let server = TestServer::start().await;
    let (key, _) = server.issue(&["read", "ingest"]).await;
    let mut prometheus = Prometheus::start(&key).await;
    let alert = async {
        loop {
            let list = server
                .get("/api/v2/alerts?filter=alertname%3DScraped")
                .await;
            if let Some(alert) = list.expect(200).as_array().unwrap().first() {
                return alert.clone();
            }
            prometheus.must_run();
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let alert = tokio::time::timeout(ALERT_PATIENCE, alert).await;
    let alert = alert.expect("Prometheus has sent nothing");
    assert_eq!(alert["labels"]["severity"], "critical");
    assert_eq!(alert["labels"]["job"], "tidegate");
    // The value is that of a metric of ours, so that it was scraped.
    assert_eq!(alert["annotations"], json!({ "summary": "up for 1" }));
    prometheus.end().await;

    let amtool = Amtool::new(&key);
    let listed = amtool.json(&["alert", "query", "alertname=Scraped"]).await;
    assert_eq!(listed[0]["fingerprint"], alert["fingerprint"]);
    let other = amtool.json(&["alert", "query", "alertname=Other"]).await;
    assert_eq!(other, json!([]));
}

#[tokio::test]
async fn amtool_adds_alerts_and_silences() {
    let server = TestServer::start().await;
    let (key, _) = server.issue(&["read", "ingest", "operate"]).await;
    let amtool = Amtool::new(&key);
    amtool
        .text(&[
            "alert",
            "add",
            "Down",
            "job=api",
            "--annotation=summary=look",
        ])
        .await;
    let listed = amtool.json(&["alert", "query"]).await;
    assert_eq!(
        (
            &listed[0]["labels"]["alertname"],
            &listed[0]["annotations"]["summary"]
        ),
        (&json!("Down"), &json!("look"))
    );
    let silence = [
        "silence",
        "add",
        "alertname=~D.*",
        "job!=web",
        "--author=ada",
        "--comment=deploying",
    ];
    let id = amtool.text(&silence).await;
    let id = id.trim();
    let silences = amtool.json(&["silence", "query"]).await;
    assert_eq!(
        (&silences[0]["id"], &silences[0]["createdBy"]),
        (&json!(id), &json!("ada"))
    );
    assert_eq!(amtool.json(&["alert", "query"]).await, json!([]));
    let silenced = amtool.json(&["alert", "query", "--silenced"]).await;
    assert_eq!(silenced[0]["status"]["silencedBy"], json!([id]));
    let update = ["silence", "update", "--comment=still deploying", id];
    amtool.text(&update).await;
    let silences = amtool.json(&["silence", "query"]).await;
    assert_eq!(silences[0]["comment"], "still deploying");
    let renewed = silences[0]["id"].as_str().unwrap();
    amtool.text(&["silence", "expire", renewed]).await;
    assert_eq!(amtool.json(&["silence", "query"]).await, json!([]));
    let told = amtool.json(&["alert", "query", "job=api"]).await;
    assert_eq!(told.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn amtool_without_a_key_is_told_so() {
    let server = TestServer::start().await;
    let amtool = Amtool::new(&server.with_key("tg_live_none"));
    let failure = amtool.failure(&["alert", "query"]).await;
    assert!(!failure.is_empty());
    let bare = server.bare(Method::GET, "/api/v2/alerts");
    let refused: Json = server.send(bare).await.expect_problem(401, "missing_key");
    assert_eq!(refused["title"], "A key is needed");
}

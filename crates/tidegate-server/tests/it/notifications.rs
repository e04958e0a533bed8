//! The ledger of notifications, and what operators do with it, while the dispatcher is at work.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value as Json, json};
use tidegate_stores::JsonText;
use tidegate_stores::notify::{self, Routes, Target, TargetKind};

use crate::support::{TestServer, now, wait_until};

/// A server with a target that takes everything, one that cannot take anything, and one that is switched off. Alerts go
/// to the first after so long.
async fn server(group_wait: Duration) -> TestServer {
    let server = TestServer::start().await;
    let db = server.other_handle().await;
    let set = db.write(move |tx| {
        let log = JsonText::parse("settings", r#"{"kind": "log"}"#)?;
        let nowhere = JsonText::parse(
            "settings",
            r#"{"kind": "file", "path": "/no/such/directory/x"}"#,
        )?;
        let mut off = Target::new("off", TargetKind::Log, log.clone());
        off.is_enabled = false;
        let targets = vec![
            Target::new("desk", TargetKind::Log, log),
            Target::new("broken", TargetKind::File, nowhere),
            off,
        ];
        notify::set_targets(tx, now(), "test", targets)?;
        let mut routes = Routes::new(Vec::new(), ["desk"]);
        routes.default.group_wait = group_wait;
        notify::set_routes(tx, now(), &routes)?;
        Ok(())
    });
    set.await.unwrap();
    db.close().await.unwrap();
    server
}

async fn trigger(server: &TestServer) -> Json {
    let alert = json!({ "name": "down", "severity": "critical", "message": "" });
    server.post("/api/v1/alerts", &alert).await.expect(201)
}

async fn list(server: &TestServer, query: &str) -> Vec<Json> {
    let path = format!("/api/v1/notifications{query}");
    let page = server.get(&path).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn test(server: &TestServer, target: &str) -> crate::support::Reply {
    let path = format!("/api/v1/targets/{target}/test");
    server.send(server.request(Method::POST, &path)).await
}

#[tokio::test]
async fn what_has_arrived_is_told_with_its_attempt() {
    let server = server(Duration::ZERO).await;
    let alert = trigger(&server).await;
    wait_until(async || !list(&server, "?state=sent").await.is_empty()).await;
    let sent = &list(&server, "?state=sent").await[0];
    assert_eq!(
        (
            &sent["target"],
            &sent["kind"],
            &sent["reason"],
            &sent["route"]
        ),
        (
            &json!("desk"),
            &json!("log"),
            &json!("new"),
            &json!("default")
        )
    );
    assert_eq!(sent["alerts"], json!([alert["fingerprint"]]));
    assert_eq!(sent["summary"], "1 firing: down");
    assert!(sent["sent_at"].is_string(), "{sent}");
    let attempt = &sent["attempts"][0];
    assert_eq!(
        (&attempt["number"], &attempt["outcome"], &attempt["error"]),
        (&json!(1), &json!("sent"), &Json::Null)
    );
    assert!(attempt["latency_ms"].is_f64());

    let id = sent["id"].as_str().unwrap();
    let one = server.get(&format!("/api/v1/notifications/{id}")).await;
    assert_eq!(&one.expect(200), sent);
    let path = format!("/api/v1/alerts/{}", alert["id"].as_str().unwrap());
    let story = server.get(&path).await.expect(200);
    assert_eq!(&story["notifications"][0], sent);
    for verb in ["retry", "cancel"] {
        let path = format!("/api/v1/notifications/{id}/{verb}");
        let late = server.post(&path, &json!({})).await;
        assert_eq!(late.expect_problem(409, "state_conflict")["found"], "sent");
    }
}

#[tokio::test]
async fn what_has_failed_is_tried_again_when_asked() {
    let server = server(Duration::ZERO).await;
    let made = test(&server, "broken").await.expect(202);
    assert_eq!(made["target"], "broken");
    let path = format!("/api/v1/notifications/{}", made["id"].as_str().unwrap());
    let has_failed = async |times: usize| {
        let one = server.get(&path).await.expect(200);
        let attempts = one["attempts"].as_array().unwrap();
        let failed = attempts
            .iter()
            .filter(|attempt| attempt["outcome"] == "failed");
        failed.count() >= times
    };
    wait_until(async || has_failed(1).await).await;
    let failed = server.get(&path).await.expect(200);
    assert_eq!(
        (&failed["state"], &failed["reason"], &failed["summary"]),
        (&json!("failed"), &json!("test"), &json!("a test"))
    );
    let attempt = &failed["attempts"][0];
    assert!(
        attempt["error"].is_string() && attempt["next_try_at"].is_string(),
        "{attempt}"
    );
    assert_eq!(list(&server, "?state=failed").await.len(), 1);
    let retry = server.request(Method::POST, &format!("{path}/retry"));
    server.send(retry).await.expect(200);
    wait_until(async || has_failed(2).await).await;
    let cancel = json!({ "reason": "no use" });
    let cancelled = server
        .post(&format!("{path}/cancel"), &cancel)
        .await
        .expect(200);
    assert_eq!(
        (&cancelled["state"], &cancelled["note"]),
        (&json!("cancelled"), &json!("cancelled by first: no use"))
    );
}

#[tokio::test]
async fn notifications_are_found_by_what_they_are() {
    let server = server(Duration::from_secs(3_600)).await;
    let alert = trigger(&server).await;
    test(&server, "desk").await.expect(202);
    wait_until(async || !list(&server, "?state=sent").await.is_empty()).await;
    let of_alert = format!("?fingerprint={}", alert["fingerprint"].as_str().unwrap());
    let cases: &[(&str, &[&str])] = &[
        ("", &["a test", "to be composed: down"]),
        ("?limit=1", &["a test"]),
        ("?state=waiting", &["to be composed: down"]),
        ("?state=sent", &["a test"]),
        ("?state=sending", &[]),
        ("?state=failed", &[]),
        ("?state=given_up", &[]),
        ("?state=cancelled", &[]),
        ("?target=off", &[]),
        ("?target=desk&target=off&state=sent", &["a test"]),
        ("?since=2099-01-01T00:00:00Z", &[]),
        (&of_alert, &[]),
    ];
    for (query, expected) in cases {
        let found = list(&server, query).await;
        let found: Vec<&str> = found
            .iter()
            .map(|one| one["summary"].as_str().unwrap())
            .collect();
        assert_eq!(found, *expected, "{query}");
    }
}

#[tokio::test]
async fn targets_are_told_with_their_figures() {
    let server = server(Duration::ZERO).await;
    test(&server, "desk").await.expect(202);
    wait_until(async || !list(&server, "?state=sent").await.is_empty()).await;
    let targets = server.get("/api/v1/targets").await.expect(200);
    let told = targets["items"].as_array().unwrap().iter();
    let told: Vec<Json> = told
        .map(|one| {
            json!([
                one["name"],
                one["kind"],
                one["min_severity"],
                one["enabled"],
                one["breaker"]
            ])
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["broken", "file", "info", true, "closed"],
            ["desk", "log", "info", true, "closed"],
            ["log", "log", "info", true, "closed"],
            ["off", "log", "info", false, "closed"],
        ])
    );
    let figures = &targets["items"][1]["statistics"];
    assert_eq!(
        (
            &figures["sent"],
            &figures["failed"],
            &figures["waiting"],
            &figures["oldest_waiting_s"]
        ),
        (&json!(1), &json!(0), &json!(0), &Json::Null)
    );
    assert!(
        figures["p50_ms"].is_f64() && figures["p95_ms"].is_f64(),
        "{figures}"
    );
    test(&server, "nobody")
        .await
        .expect_problem(404, "not_found");
    let problem = test(&server, "off")
        .await
        .expect_problem(409, "state_conflict");
    assert_eq!(problem["found"], "disabled");
}

//! The ledger of notifications, and what operators do with it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value as Json, json};
use tidegate_stores::notify::{self, Delivery, Retry, Routes, Target, TargetKind};
use tidegate_stores::{JsonText, Timestamp};

use crate::support::TestServer;

/// How long after an alert its group is told at the latest.
const LATER: Duration = Duration::from_secs(60);

/// A moment by the server's clock, so much later.
fn after(later: Duration) -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap() + later;
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap()
}

/// A server with a target that is told everything, and one that is told nothing by itself.
async fn server() -> TestServer {
    let server = TestServer::start().await;
    let db = server.other_handle().await;
    let set = db.write(|tx| {
        let settings = JsonText::parse("settings", "{}")?;
        let mut pager = Target::new("pager", TargetKind::Console, settings.clone());
        pager.is_enabled = false;
        let desk = Target::new("desk", TargetKind::Log, settings);
        notify::set_targets(tx, after(Duration::ZERO), "test", vec![desk, pager])?;
        notify::set_routes(
            tx,
            after(Duration::ZERO),
            &Routes::new(Vec::new(), ["desk"]),
        )?;
        Ok(())
    });
    set.await.unwrap();
    db.close().await.unwrap();
    server
}

/// Takes what is due by then, as a dispatcher does, and lets each fail or arrive.
async fn dispatch(server: &TestServer, fails: bool) -> Vec<Delivery> {
    let db = server.other_handle().await;
    let now = after(LATER);
    let work = db.write(move |tx| {
        let claimed = notify::claim(tx, now, "desk", 10, Duration::from_secs(30))?;
        let latency = Duration::from_millis(80);
        for delivery in &claimed {
            match fails {
                true => {
                    let retry = Retry::After(Duration::from_secs(5));
                    notify::failed(tx, now, delivery.receipt(), latency, "refused", retry)?;
                }
                false => notify::sent(tx, now, delivery.receipt(), latency)?,
            }
        }
        Ok(claimed)
    });
    let claimed = work.await.unwrap();
    db.close().await.unwrap();
    claimed
}

async fn list(server: &TestServer, query: &str) -> Vec<Json> {
    let page = server
        .get(&format!("/api/v1/notifications{query}"))
        .await
        .expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_notification_is_tried_until_it_arrives() {
    let server = server().await;
    let alert = json!({ "name": "down", "severity": "critical", "message": "" });
    let alert = server.post("/api/v1/alerts", &alert).await.expect(201);
    let waiting = list(&server, "?state=waiting").await;
    assert_eq!(
        (
            &waiting[0]["target"],
            &waiting[0]["kind"],
            &waiting[0]["reason"]
        ),
        (&json!("desk"), &json!("log"), &Json::Null)
    );
    let id = waiting[0]["id"].as_str().unwrap().to_owned();
    dispatch(&server, true).await;
    let failed = server
        .get(&format!("/api/v1/notifications/{id}"))
        .await
        .expect(200);
    assert_eq!(failed["state"], "failed");
    assert_eq!(failed["alerts"], json!([alert["fingerprint"]]));
    let attempt = &failed["attempts"][0];
    assert_eq!(
        (
            &attempt["number"],
            &attempt["outcome"],
            &attempt["error"],
            &attempt["latency_ms"]
        ),
        (&json!(1), &json!("failed"), &json!("refused"), &json!(80.0))
    );
    let retry = server.request(Method::POST, &format!("/api/v1/notifications/{id}/retry"));
    let retried = server.send(retry).await.expect(200);
    assert!(
        retried["due_at"].as_str() < failed["due_at"].as_str(),
        "{retried}"
    );
    dispatch(&server, false).await;
    let sent = server
        .get(&format!("/api/v1/notifications/{id}"))
        .await
        .expect(200);
    assert_eq!(
        (&sent["state"], &sent["reason"]),
        (&json!("sent"), &json!("new"))
    );
    assert!(
        sent["sent_at"].is_string() && sent["summary"] == "1 firing: down",
        "{sent}"
    );

    let story = server
        .get(&format!("/api/v1/alerts/{}", alert["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(story["notifications"][0]["id"], id);
    let targets = server.get("/api/v1/targets").await.expect(200);
    let desk = &targets["items"][0];
    assert_eq!(
        (
            &desk["name"],
            &desk["kind"],
            &desk["min_severity"],
            &desk["enabled"],
            &desk["breaker"]
        ),
        (
            &json!("desk"),
            &json!("log"),
            &json!("info"),
            &json!(true),
            &json!("closed")
        )
    );
    for verb in ["retry", "cancel"] {
        let path = format!("/api/v1/notifications/{id}/{verb}");
        let problem = server
            .post(&path, &json!({}))
            .await
            .expect_problem(409, "state_conflict");
        assert_eq!(problem["found"], "sent");
    }
}

#[tokio::test]
async fn notifications_are_found_by_what_they_are() {
    let server = server().await;
    let test = server.request(Method::POST, "/api/v1/targets/desk/test");
    let test = server.send(test).await.expect(202);
    let alert = json!({ "name": "down", "severity": "critical", "message": "" });
    let alert = server.post("/api/v1/alerts", &alert).await.expect(201);
    let cancelled = list(&server, "").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/notifications/{cancelled}/cancel");
    let reply = server
        .post(&path, &json!({ "reason": "known" }))
        .await
        .expect(200);
    assert_eq!(
        (&reply["state"], &reply["note"]),
        (&json!("cancelled"), &json!("cancelled by first: known"))
    );
    let claimed = dispatch(&server, false).await;
    assert_eq!(claimed.len(), 1, "the test alone is left");
    let of_alert = format!("?fingerprint={}", alert["fingerprint"].as_str().unwrap());
    let cases: &[(&str, &[&str])] = &[
        ("?state=sent", &["a test"]),
        ("?state=cancelled", &["to be composed: down"]),
        ("?state=given_up", &[]),
        ("?state=failed", &[]),
        ("?state=sending", &[]),
        ("?target=pager", &[]),
        ("?target=desk&target=pager&state=sent", &["a test"]),
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
    let sent = server
        .get(&format!(
            "/api/v1/notifications/{}",
            test["id"].as_str().unwrap()
        ))
        .await
        .expect(200);
    assert_eq!(sent["reason"], "test");
}

#[tokio::test]
async fn a_target_that_is_not_there_or_switched_off_is_not_tested() {
    let server = server().await;
    let test = async |name: &str| {
        let path = format!("/api/v1/targets/{name}/test");
        server.send(server.request(Method::POST, &path)).await
    };
    test("nobody").await.expect_problem(404, "not_found");
    let problem = test("pager").await.expect_problem(409, "state_conflict");
    assert_eq!(problem["found"], "disabled");
    assert_eq!(list(&server, "").await, [Json::Null; 0]);
}

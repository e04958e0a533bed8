//! Alerts and notifications, told live.

use std::time::Duration;

use serde_json::json;
use tidegate_stores::Timestamp;
use tidegate_stores::notify::{self, Routes, Target, TargetKind};
use tidegate_stores::{JsonText, alerts};

use super::listener::Sse;
use crate::support::TestServer;

fn after(later: Duration) -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap() + later;
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap()
}

#[tokio::test]
async fn each_transition_is_told_with_its_alert() {
    let server = TestServer::start().await;
    let mut sse = Sse::open(&server, "/api/v1/live?topics=alerts").await;
    assert_eq!(sse.next().await.name, "hello");
    let new = json!({ "name": "a", "severity": "warning", "message": "look" });
    let alert = server.post("/api/v1/alerts", &new).await.expect(201);
    let told = sse.next().await;
    assert_eq!(
        (told.name.as_str(), told.id.as_str()),
        ("alerts", "alerts=1")
    );
    let data = &told.data["data"];
    assert_eq!((&data["id"], &data["name"]), (&alert["id"], &json!("a")));
    assert_eq!(data["transition"]["kind"], "opened");
    let path = format!(
        "/api/v1/alerts/{}/acknowledge",
        alert["id"].as_str().unwrap()
    );
    let taken = server
        .post(&path, &json!({ "reason": "mine" }))
        .await
        .expect(200);
    let told = sse.next().await;
    assert_eq!(told.data["seq"], 2);
    let mut data = told.data["data"].clone();
    let transition = data.as_object_mut().unwrap().remove("transition").unwrap();
    assert_eq!(data, taken);
    assert_eq!(
        (
            &transition["from"],
            &transition["to"],
            &transition["by"],
            &transition["reason"]
        ),
        (
            &json!("firing"),
            &json!("acknowledged"),
            &json!("first"),
            &json!("mine")
        )
    );
}

#[tokio::test]
async fn an_alert_that_was_removed_meanwhile_is_told_no_more() {
    let server = TestServer::start().await;
    let new = json!({ "name": "gone", "severity": "warning", "message": "" });
    let gone = server.post("/api/v1/alerts", &new).await.expect(201);
    let path = format!("/api/v1/alerts/{}/resolve", gone["id"].as_str().unwrap());
    server.post(&path, &json!({})).await.expect(200);
    let db = server.other_handle().await;
    let year = Duration::from_secs(366 * 86_400);
    db.write(move |tx| Ok(alerts::retain_step(tx, after(year), 100)?))
        .await
        .unwrap();
    db.close().await.unwrap();
    let mut sse = Sse::open(&server, "/api/v1/live?topics=alerts&after=0").await;
    assert_eq!(sse.next().await.name, "hello");
    let lost = sse.next().await;
    assert_eq!(
        (lost.name.as_str(), &lost.data["data"]["count"]),
        ("lost", &json!(2))
    );
    let new = json!({ "name": "here", "severity": "warning", "message": "" });
    server.post("/api/v1/alerts", &new).await.expect(201);
    assert_eq!(sse.next().await.data["data"]["name"], "here");
}

#[tokio::test]
async fn each_attempt_is_told_with_its_notification() {
    let server = TestServer::start().await;
    let db = server.other_handle().await;
    let set = db.write(|tx| {
        let settings = JsonText::parse("settings", "{}")?;
        let target = Target::new("desk", TargetKind::Log, settings);
        notify::set_targets(tx, after(Duration::ZERO), "test", vec![target])?;
        notify::set_routes(
            tx,
            after(Duration::ZERO),
            &Routes::new(Vec::new(), ["desk"]),
        )?;
        Ok(())
    });
    set.await.unwrap();
    let mut sse = Sse::open(&server, "/api/v1/live?topics=notifications").await;
    assert_eq!(sse.next().await.name, "hello");
    let test = server.request(reqwest::Method::POST, "/api/v1/targets/desk/test");
    let test = server.send(test).await.expect(202);
    let claim = db.write(|tx| {
        let now = after(Duration::from_secs(1));
        Ok(notify::claim(tx, now, "desk", 1, Duration::from_secs(30))?)
    });
    let delivery = claim.await.unwrap().remove(0);
    let told = sse.next().await.data;
    assert_eq!(
        (&told["topic"], &told["data"]["id"], &told["data"]["state"]),
        (&json!("notifications"), &test["id"], &json!("sending"))
    );
    let sent = db.write(move |tx| {
        let (now, latency) = (after(Duration::from_secs(2)), Duration::from_millis(5));
        Ok(notify::sent(tx, now, delivery.receipt(), latency)?)
    });
    sent.await.unwrap();
    let told = sse.next().await.data;
    assert_eq!(
        (&told["seq"], &told["data"]["state"]),
        (&json!(2), &json!("sent"))
    );
    assert_eq!(told["data"]["attempts"][0]["latency_ms"], 5.0);
    db.close().await.unwrap();
}

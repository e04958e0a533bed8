//! Alerts and notifications, told live.

use std::time::Duration;

use serde_json::json;
use tidegate_stores::notify::{self, Target, TargetKind};
use tidegate_stores::{JsonText, alerts};

use super::listener::Sse;
use crate::support::{TestServer, now};

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
    db.write(move |tx| Ok(alerts::retain_step(tx, now().saturating_add(year), 100)?))
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
        let settings = JsonText::parse("settings", r#"{"kind": "log"}"#)?;
        let target = Target::new("desk", TargetKind::Log, settings);
        Ok(notify::set_targets(tx, now(), "test", vec![target])?)
    });
    set.await.unwrap();
    db.close().await.unwrap();
    let mut sse = Sse::open(&server, "/api/v1/live?topics=notifications").await;
    assert_eq!(sse.next().await.name, "hello");
    let test = server.request(reqwest::Method::POST, "/api/v1/targets/desk/test");
    let test = server.send(test).await.expect(202);
    // Its beginning may be told by itself, or not any more.
    let told = loop {
        let told = sse.next().await.data;
        assert_eq!(
            (&told["topic"], &told["data"]["id"]),
            (&json!("notifications"), &test["id"])
        );
        if told["data"]["state"] == "sent" && told["seq"] == 2 {
            break told;
        }
    };
    assert_eq!(told["data"]["attempts"][0]["outcome"], "sent");
    let path = format!("/api/v1/notifications/{}", test["id"].as_str().unwrap());
    assert_eq!(server.get(&path).await.expect(200), told["data"]);
}

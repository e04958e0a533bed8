//! Tests of webhook bodies, against ones written by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::Database;
use tidegate_stores::notify::{
    self, Announcement, Delivery, Routes, Severity, Status, Target, TargetKind,
};
use tidegate_stores::{Fingerprint, Id, JsonText, Labels, Timestamp, schema};

use super::WebhookBody;

const LEASE: Duration = Duration::from_secs(30);

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn announcement(instance: &str, severity: Severity) -> Announcement {
    let labels = Labels::new([("job", "api"), ("instance", instance)]).unwrap();
    let since = at("2026-03-01T12:00:00Z");
    let annotations = [("summary", "It is down"), ("instance", instance)];
    let annotations = annotations.map(|(name, text)| (name.to_owned(), text.to_owned()));
    Announcement {
        fingerprint: Fingerprint::of("Down", &labels),
        alert: Id::new(since),
        status: Status::Firing,
        is_muted: false,
        name: "Down".to_owned(),
        severity,
        labels,
        annotations: BTreeMap::from(annotations),
        value: (instance == "a").then_some(0.5),
        occurrences: 1,
        starts_at: since,
        ends_at: None,
        generator_url: (instance == "a").then(|| "http://prometheus/graph".to_owned()),
        repeat_after: None,
        further_targets: Vec::new(),
    }
}

/// What a target is told of these announcements, a minute after they were made.
async fn delivery(db: &Database, now: Timestamp, told: Vec<Announcement>) -> Delivery {
    let claim = db.write(move |tx| {
        for announcement in &told {
            notify::announce(tx, now, announcement)?;
        }
        let later = now.saturating_add(Duration::from_secs(600));
        let mut claimed = notify::claim(tx, later, "oncall", 10, LEASE)?;
        for delivery in &claimed {
            notify::sent(tx, later, delivery.receipt(), Duration::from_millis(1))?;
        }
        assert_eq!(claimed.len(), 1);
        Ok(claimed.remove(0))
    });
    claim.await.unwrap()
}

async fn database() -> Database {
    let db = Database::open_in_memory().await.unwrap();
    db.migrate(&schema::migrations()).await.unwrap();
    let set = db.write(|tx| {
        let now = at("2026-03-01T12:00:00Z");
        let settings = JsonText::parse("settings", r#"{"url": "env:ONCALL_URL"}"#)?;
        let target = Target::new("oncall", TargetKind::Webhook, settings);
        notify::set_targets(tx, now, "test", vec![target])?;
        notify::set_routes(tx, now, &Routes::new(Vec::new(), ["oncall"]))?;
        Ok(())
    });
    set.await.unwrap();
    db
}

fn body(delivery: &Delivery) -> Json {
    let text = WebhookBody::of(delivery, "https://tidegate.example").to_json();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_body_is_alertmanagers_with_fields_of_ours() {
    let db = database().await;
    let told = [
        announcement("a", Severity::Critical),
        announcement("b", Severity::Warning),
    ];
    let delivery = delivery(&db, at("2026-03-01T12:00:00Z"), told.to_vec()).await;
    let expected = json!({
        "version": "4",
        "groupKey": delivery.group_key.to_string(),
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "oncall",
        "groupLabels": { "alertname": "Down" },
        "commonLabels": { "alertname": "Down", "job": "api" },
        "commonAnnotations": { "summary": "It is down" },
        "externalURL": "https://tidegate.example",
        "alerts": [
            {
                "status": "firing",
                "labels": { "alertname": "Down", "instance": "a", "job": "api", "severity": "critical" },
                "annotations": { "instance": "a", "summary": "It is down" },
                "startsAt": "2026-03-01T12:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus/graph",
                "fingerprint": told[0].fingerprint.to_string(),
                "alert_id": told[0].alert.to_string(),
                "severity": "critical",
                "value": 0.5,
                "occurrences": 1,
                "is_news": true,
            },
            {
                "status": "firing",
                "labels": { "alertname": "Down", "instance": "b", "job": "api", "severity": "warning" },
                "annotations": { "instance": "b", "summary": "It is down" },
                "startsAt": "2026-03-01T12:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "fingerprint": told[1].fingerprint.to_string(),
                "alert_id": told[1].alert.to_string(),
                "severity": "warning",
                "value": null,
                "occurrences": 1,
                "is_news": true,
            },
        ],
        "delivery_id": delivery.id.to_string(),
        "attempt": 1,
        "reason": "new",
        "route": "default",
        "firing": 2,
        "resolved": 0,
    });
    assert_eq!(body(&delivery), expected);
}

#[tokio::test]
async fn an_end_is_told_with_its_time() {
    let db = database().await;
    let mut alert = announcement("a", Severity::Critical);
    delivery(&db, at("2026-03-01T12:00:00Z"), vec![alert.clone()]).await;
    alert.status = Status::Resolved;
    alert.ends_at = Some(at("2026-03-01T13:00:00Z"));
    let over = delivery(&db, at("2026-03-01T13:00:00Z"), vec![alert]).await;
    let body = body(&over);
    assert_eq!(
        (
            &body["status"],
            &body["reason"],
            &body["firing"],
            &body["resolved"]
        ),
        (&json!("resolved"), &json!("resolved"), &json!(0), &json!(1))
    );
    assert_eq!(
        (&body["alerts"][0]["status"], &body["alerts"][0]["endsAt"]),
        (&json!("resolved"), &json!("2026-03-01T13:00:00Z"))
    );
}

#[tokio::test]
async fn a_long_list_is_cut_and_says_so() {
    let db = database().await;
    let many = notify::DELIVERY_ALERTS_MAX + 3;
    let told = (0..many).map(|n| announcement(&n.to_string(), Severity::Info));
    let delivery = delivery(&db, at("2026-03-01T12:00:00Z"), told.collect()).await;
    let body = body(&delivery);
    assert_eq!(body["truncatedAlerts"], 3);
    assert_eq!(body["firing"], many);
    let listed = body["alerts"].as_array().unwrap().len();
    assert_eq!(listed, notify::DELIVERY_ALERTS_MAX);
}

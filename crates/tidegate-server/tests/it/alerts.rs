//! Alerts: from their beginning to their end, found again, held back.

use serde_json::{Value as Json, json};

use crate::support::{Client, TestServer};

/// Triggers an alert, and gives it.
async fn trigger(client: &Client, name: &str, severity: &str, labels: Json) -> Json {
    let alert = json!({ "name": name, "severity": severity, "message": "look", "labels": labels });
    client.post("/api/v1/alerts", &alert).await.expect(201)
}

fn path(alert: &Json, verb: &str) -> String {
    format!("/api/v1/alerts/{}{verb}", alert["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_alert_goes_its_way() {
    let server = TestServer::start().await;
    let new = json!({
        "name": "disk_full", "severity": "warning", "message": "90 %", "labels": { "host": "a" },
        "details": { "mount": "/" },
    });
    let opened = server.post("/api/v1/alerts", &new).await.expect(201);
    assert_eq!(
        (&opened["state"], &opened["source"], &opened["rule"]),
        (&json!("firing"), &json!("manual"), &Json::Null)
    );
    assert_eq!(opened["message"], "90 %");
    assert_eq!(opened["details"], json!({ "mount": "/" }));
    assert_eq!(opened["muted_by"], json!([]));
    let again = server.post("/api/v1/alerts", &new).await.expect(200);
    assert_eq!(again["id"], opened["id"]);
    assert_eq!(again["occurrences"], 2);

    let body = json!({ "reason": "mine", "expected_state": "firing" });
    let acknowledge = path(&opened, "/acknowledge");
    let taken = server.post(&acknowledge, &body).await.expect(200);
    assert_eq!(
        (&taken["state"], &taken["acknowledged_by"]),
        (&json!("acknowledged"), &json!("first"))
    );
    let late = server.post(&acknowledge, &body).await;
    let problem = late.expect_problem(409, "state_conflict");
    assert_eq!(problem["found"], "acknowledged");

    let off = json!({ "for": "1h", "reason": "later" });
    let put_off = server
        .post(&path(&opened, "/suppress"), &off)
        .await
        .expect(200);
    assert_eq!(put_off["state"], "suppressed");
    assert!(put_off["suppressed_until"].is_string());
    let over = server
        .send(server.request(reqwest::Method::POST, &path(&opened, "/resolve")))
        .await
        .expect(200);
    assert_eq!(over["state"], "resolved");
    let too_late = server.post(&acknowledge, &json!({})).await;
    assert_eq!(
        too_late.expect_problem(409, "state_conflict")["found"],
        "resolved"
    );

    let story = server.get(&path(&opened, "")).await.expect(200);
    let told = story["transitions"].as_array().unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (&one["kind"], &one["to"], &one["reason"]))
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["opened", "firing", "90 %"],
            ["acknowledged", "acknowledged", "mine"],
            ["suppressed", "suppressed", "later"],
            ["resolved", "resolved", ""],
        ])
    );
    assert_eq!(story["transitions"][1]["by"], "first");
    assert_eq!(names(&server, "").await, [""; 0]);
    assert_eq!(names(&server, "/history").await, ["disk_full"]);
}

/// The names of the alerts of a list.
async fn names(client: &Client, query: &str) -> Vec<String> {
    let page = client
        .get(&format!("/api/v1/alerts{query}"))
        .await
        .expect(200);
    let items = page["items"].as_array().unwrap();
    let names = items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned());
    names.collect()
}

#[tokio::test]
async fn alerts_are_found_by_what_they_are() {
    let server = TestServer::start().await;
    let one = trigger(&server, "one", "info", json!({ "job": "api" })).await;
    let two = trigger(&server, "two", "critical", json!({ "job": "web" })).await;
    trigger(&server, "three", "warning", json!({ "job": "api-2" })).await;
    server
        .post(&path(&one, "/acknowledge"), &json!({}))
        .await
        .expect(200);
    server
        .post(&path(&two, "/resolve"), &json!({}))
        .await
        .expect(200);
    let cases: &[(&str, &[&str])] = &[
        ("", &["three", "one"]),
        ("?state=firing", &["three"]),
        ("?state=acknowledged&state=resolved", &["two", "one"]),
        ("?severity=warning", &["three"]),
        ("?name=one", &["one"]),
        ("?match=job%3D~%22api.*%22", &["three", "one"]),
        ("?match=job%3D~%22api.*%22&match=job!%3Dapi", &["three"]),
        ("?muted=true", &["one"]),
        ("/history", &["three", "two", "one"]),
        ("/history?severity=critical", &["two"]),
        ("/history?to=2020-01-01T00:00:00Z", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(names(&server, query).await, *expected, "{query}");
    }
    let page = server.get("/api/v1/alerts?limit=1").await.expect(200);
    let next = page["next"].as_str().unwrap();
    assert_eq!(
        names(&server, &format!("?limit=1&cursor={next}")).await,
        ["one"]
    );
}

#[tokio::test]
async fn of_two_who_acknowledge_one_wins() {
    let server = TestServer::start().await;
    let alert = trigger(&server, "a", "warning", json!({})).await;
    let path = path(&alert, "/acknowledge");
    let racers = (0..8).map(|_| {
        let (client, path) = (server.client.clone(), path.clone());
        tokio::spawn(async move {
            let seen = json!({ "expected_state": "firing" });
            client.post(&path, &seen).await.status.as_u16()
        })
    });
    let mut statuses = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        statuses.push(racer.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn what_occurs_too_often_is_dropped_and_counted() {
    let server = TestServer::start().await;
    let alert = json!({ "name": "a", "severity": "warning", "message": "" });
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(server.post("/api/v1/alerts", &alert).await.status.as_u16());
    }
    assert!(statuses.iter().all(|status| *status < 300), "{statuses:?}");
    let dropped = server.post("/api/v1/alerts", &alert).await;
    dropped.expect_problem(429, "alert_rate_limited");
    let worse = json!({ "name": "a", "severity": "critical", "message": "" });
    let raised = server.post("/api/v1/alerts", &worse).await.expect(200);
    assert_eq!(raised["severity"], "critical");
    let summary = server.get("/api/v1/alerts/summary").await.expect(200);
    assert_eq!(summary["dropped"], 1);
}

#[tokio::test]
async fn the_summary_counts_each_hour() {
    let server = TestServer::start().await;
    let first = trigger(&server, "a", "critical", json!({})).await;
    trigger(&server, "b", "warning", json!({})).await;
    server
        .post(&path(&first, "/acknowledge"), &json!({}))
        .await
        .expect(200);
    let summary = server
        .get("/api/v1/alerts/summary?window=5h")
        .await
        .expect(200);
    assert_eq!(
        summary["by_severity"],
        json!({ "critical": 1, "emergency": 0, "info": 0, "warning": 1 })
    );
    assert_eq!(
        summary["by_state"],
        json!({ "acknowledged": 1, "firing": 1, "pending": 0, "suppressed": 0 })
    );
    assert_eq!(summary["muted"], 1);
    let hours = summary["per_hour"].as_array().unwrap();
    assert_eq!(hours.len(), 6, "each hour that the window touches");
    let all: u64 = hours
        .iter()
        .map(|hour| hour["count"].as_u64().unwrap())
        .sum();
    assert_eq!(all, 2);
}

#[tokio::test]
async fn a_test_goes_the_way_of_every_alert() {
    let server = TestServer::start().await;
    let bare = server.request(reqwest::Method::POST, "/api/v1/alerts/test");
    let alert = server.send(bare).await.expect(201);
    assert_eq!(
        (&alert["name"], &alert["severity"], &alert["state"]),
        (&json!("TidegateTest"), &json!("warning"), &json!("firing"))
    );
    assert!(alert["expires_at"].is_string(), "it ends by itself");
    let worse = json!({ "severity": "critical", "message": "hello" });
    let again = server.post("/api/v1/alerts/test", &worse).await.expect(201);
    assert_eq!(
        (&again["id"], &again["severity"], &again["message"]),
        (&alert["id"], &json!("critical"), &json!("hello"))
    );
}

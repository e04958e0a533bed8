//! Alertmanager's API: what is pushed, shown, grouped, silenced.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value as Json, json};
use tidegate_stores::notify::{self, Routes, Target, TargetKind};
use tidegate_stores::{JsonText, Timestamp};

use crate::support::{Client, TestServer, now};

/// Alerts as Prometheus pushes them.
fn pushed() -> Json {
    let alert = |name: &str, job: &str, severity: &str| {
        json!({
            "labels": { "alertname": name, "job": job, "severity": severity },
            "annotations": { "summary": format!("{name} of {job}") },
            "startsAt": "2026-03-01T12:00:00.123456789+01:00", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus/graph", "fingerprint": "passed over",
        })
    };
    json!([
        alert("Down", "api", "page"),
        alert("Down", "web", "critical"),
        alert("Slow", "api", "odd")
    ])
}

fn tomorrow() -> String {
    now()
        .saturating_add(Duration::from_secs(86_400))
        .to_string()
}

async fn push(client: &Client, alerts: &Json) {
    let reply = client.post("/api/v2/alerts", alerts).await;
    assert_eq!(reply.expect(200), json!(""));
}

/// Name and job of each alert of an answer, sorted.
async fn shown(client: &Client, query: &str) -> Vec<String> {
    let list = client
        .get(&format!("/api/v2/alerts{query}"))
        .await
        .expect(200);
    let alerts = list.as_array().unwrap().iter();
    let text = |alert: &Json, label: &str| alert["labels"][label].as_str().unwrap().to_owned();
    let mut shown: Vec<String> = alerts
        .map(|alert| format!("{} {}", text(alert, "alertname"), text(alert, "job")))
        .collect();
    shown.sort_unstable();
    shown
}

#[tokio::test]
async fn what_is_pushed_is_shown_until_it_is_over() {
    let server = TestServer::start().await;
    push(&server, &pushed()).await;
    push(&server, &pushed()).await;
    let list = server
        .get("/api/v2/alerts?filter=job%3D%22web%22")
        .await
        .expect(200);
    let alert = &list[0];
    let expected = json!([{
        "annotations": { "summary": "Down of web" },
        "endsAt": alert["endsAt"],
        "fingerprint": alert["fingerprint"],
        "receivers": [{ "name": "log" }],
        "startsAt": "2026-03-01T11:00:00.123456Z",
        "status": { "inhibitedBy": [], "silencedBy": [], "state": "active" },
        "updatedAt": alert["updatedAt"],
        "generatorURL": "http://prometheus/graph",
        "labels": { "job": "web", "alertname": "Down", "severity": "critical" },
    }]);
    assert_eq!(list, expected);
    let own = server
        .get("/api/v1/alerts?match=job%3Dapi&severity=emergency")
        .await
        .expect(200);
    assert_eq!(
        (
            &own["items"][0]["name"],
            &own["items"][0]["source"],
            &own["items"][0]["occurrences"]
        ),
        (&json!("Down"), &json!("ingest"), &json!(1))
    );
    let mut over = pushed();
    for alert in over.as_array_mut().unwrap() {
        alert["endsAt"] = json!("2026-03-01T12:30:00Z");
    }
    push(&server, &over).await;
    assert_eq!(shown(&server, "").await, [""; 0]);
    let history = server
        .get("/api/v1/alerts/history?state=resolved")
        .await
        .expect(200);
    assert_eq!(history["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn parameters_choose_what_is_shown() {
    let server = TestServer::start().await;
    push(&server, &pushed()).await;
    let silence = json!({
        "matchers": [{ "name": "job", "value": "w.b", "isRegex": true, "isEqual": true }],
        "startsAt": "2026-01-01T00:00:00Z", "endsAt": tomorrow(),
        "createdBy": "ada", "comment": "deploying",
    });
    let made = server.post("/api/v2/silences", &silence).await.expect(200);
    let slow = server.get("/api/v1/alerts?name=Slow").await.expect(200);
    let id = slow["items"][0]["id"].as_str().unwrap();
    server
        .post(&format!("/api/v1/alerts/{id}/acknowledge"), &json!({}))
        .await
        .expect(200);
    let cases: &[(&str, &[&str])] = &[
        ("", &["Down api", "Down web", "Slow api"]),
        ("?active=false", &["Down web", "Slow api"]),
        ("?silenced=false", &["Down api"]),
        (
            "?inhibited=false&unprocessed=false",
            &["Down api", "Down web", "Slow api"],
        ),
        ("?filter=alertname%3DDown", &["Down api", "Down web"]),
        (
            "?filter=alertname%3DDown&filter=job%3D~%22a.*%22",
            &["Down api"],
        ),
        (
            "?filter=%7Balertname%3D%22Down%22,job!%3D%22api%22%7D",
            &["Down web"],
        ),
        ("?receiver=nobody", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(shown(&server, query).await, *expected, "{query}");
    }
    let web = server
        .get("/api/v2/alerts?filter=job%3Dweb")
        .await
        .expect(200);
    assert_eq!(
        web[0]["status"],
        json!({ "inhibitedBy": [], "silencedBy": [made["silenceID"]], "state": "suppressed" })
    );
}

#[tokio::test]
async fn alerts_are_shown_in_the_groups_in_which_they_are_told() {
    let server = TestServer::start().await;
    let db = server.other_handle().await;
    let set = db.write(move |tx| {
        let settings = JsonText::parse("settings", r#"{"kind": "log"}"#)?;
        let targets =
            ["desk", "pager"].map(|name| Target::new(name, TargetKind::Log, settings.clone()));
        notify::set_targets(tx, now(), "test", targets.to_vec())?;
        notify::set_routes(tx, now(), &Routes::new(Vec::new(), ["desk", "pager"]))?;
        Ok(())
    });
    set.await.unwrap();
    db.close().await.unwrap();
    push(&server, &pushed()).await;
    let receivers = server.get("/api/v2/receivers").await.expect(200);
    assert_eq!(
        receivers,
        json!([{ "name": "desk" }, { "name": "log" }, { "name": "pager" }])
    );
    let groups = server
        .get("/api/v2/alerts/groups?receiver=pag.*")
        .await
        .expect(200);
    let told = groups.as_array().unwrap().iter();
    let mut told: Vec<(String, usize)> = told
        .map(|group| {
            assert_eq!(group["receiver"], json!({ "name": "pager" }));
            let name = group["labels"]["alertname"].as_str().unwrap();
            (name.to_owned(), group["alerts"].as_array().unwrap().len())
        })
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("Down".to_owned(), 2), ("Slow".to_owned(), 1)]);
    let slow = server
        .get("/api/v2/alerts?filter=alertname%3DSlow")
        .await
        .expect(200);
    assert_eq!(
        slow[0]["receivers"],
        json!([{ "name": "desk" }, { "name": "pager" }])
    );
}

#[tokio::test]
async fn silences_are_made_replaced_and_ended() {
    let server = TestServer::start().await;
    let mut silence = json!({
        "matchers": [{ "name": "job", "value": "api", "isRegex": false }],
        "startsAt": "2026-01-01T00:00:00Z", "endsAt": tomorrow(), "createdBy": "ada", "comment": "one",
    });
    let first = server.post("/api/v2/silences", &silence).await.expect(200);
    silence["id"] = first["silenceID"].clone();
    silence["comment"] = json!("two");
    let second = server.post("/api/v2/silences", &silence).await.expect(200);
    assert_ne!(first, second);
    let path = format!("/api/v2/silence/{}", second["silenceID"].as_str().unwrap());
    let got = server.get(&path).await.expect(200);
    assert_eq!(
        (&got["status"], &got["createdBy"], &got["matchers"]),
        (
            &json!({ "state": "active" }),
            &json!("ada"),
            &json!([{ "name": "job", "value": "api", "isRegex": false, "isEqual": true }])
        )
    );
    let states = async |query: &str| {
        let list = server
            .get(&format!("/api/v2/silences{query}"))
            .await
            .expect(200);
        let list = list.as_array().unwrap().clone();
        let states = list
            .iter()
            .map(|one| (one["comment"].clone(), one["status"]["state"].clone()));
        json!(states.collect::<Vec<_>>())
    };
    assert_eq!(
        states("").await,
        json!([["two", "active"], ["one", "expired"]])
    );
    assert_eq!(states("?filter=job%3D%22web%22").await, json!([]));
    let end = || server.send(server.request(Method::DELETE, &path));
    end().await.expect(200);
    end().await.expect_problem(409, "state_conflict");
    assert_eq!(
        states("?filter=job%3D%22api%22").await,
        json!([["two", "expired"], ["one", "expired"]])
    );
}

#[tokio::test]
async fn the_status_is_one_that_amtool_knows() {
    let server = TestServer::start().await;
    let status = server.get("/api/v2/status").await.expect(200);
    assert_eq!(
        status["cluster"],
        json!({ "status": "disabled", "peers": [] })
    );
    assert_eq!(status["versionInfo"]["version"], "0.25.0");
    assert_eq!(status["versionInfo"]["branch"], "tidegate");
    let up = Timestamp::parse(status["uptime"].as_str().unwrap()).unwrap();
    assert!(up <= now() && now().saturating_since(up) < Duration::from_secs(3_600));
}

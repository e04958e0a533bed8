//! A server that has something to show on every page.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::{Value as Json, json};
use tidegate_server::Config;

use super::busy;
use super::session::TIMEOUT;
use crate::support::{Reply, TestServer, client_event, wait_until};

/// Starts it, and waits until all is there.
pub(super) async fn start() -> TestServer {
    let port = busy::start().await;
    let server = TestServer::start_with(|config| configure(config, port)).await;
    record(&server).await;
    raise(&server).await;
    wait_until(async || is_told(&server).await).await;
    server
}

fn configure(config: &mut Config, port: u16) {
    let text = include_str!("seed.toml").replace("PORT", &port.to_string());
    let seed: Config = toml::from_str(&text).unwrap();
    (config.alerts, config.rule, config.inhibit) = (seed.alerts, seed.rule, seed.inhibit);
    (config.target, config.route) = (seed.target, seed.route);
    (config.default_route, config.probe) = (seed.default_route, seed.probe);
}

/// Some events and metrics.
async fn record(server: &TestServer) {
    for (title, severity) in [
        ("deployed", "info"),
        ("<b>failed</b> & hung", "error"),
        ("slow", "warning"),
    ] {
        let mut event = client_event(title);
        event["severity"] = severity.into();
        event["description"] = "payments took 912 ms in the mean".into();
        post(server, "/api/v1/events", &event).await.expect(201);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let samples: Vec<Json> = (0..55)
        .flat_map(|minute| ["payments", "search"].map(|service| sample(now, minute, service)))
        .chain([json!({ "name": "queue_length", "value": 3, "labels": { "queue": "sms" } })])
        .collect();
    let samples = json!({ "samples": samples });
    post(server, "/api/v1/metrics", &samples).await.expect(200);
}

fn sample(now: Duration, minute: u64, service: &str) -> Json {
    let wave = 90.0 * ((minute as f64) / 7.0).sin();
    let value = 200.0 + wave + service.len() as f64 * 9.0;
    let at = now.as_millis() as u64 - minute * 60_000;
    json!({ "name": "request_time_ms", "value": value, "labels": { "service": service }, "at": at })
}

/// Alerts in every state but the last, and two of which nobody is told. That of the rule is the oldest.
async fn raise(server: &TestServer) {
    wait_until(async || find(server, "queue_long").await.is_some()).await;
    let silence = json!({ "matchers": ["alertname=\"replica_behind\""], "for": "4h", "comment": "moving it to another rack" });
    post(server, "/api/v1/silences", &silence).await.expect(201);
    for (name, severity, message, labels) in [
        (
            "certificate_expires",
            "info",
            "The certificate of shop.example.org ends in 12 days",
            json!({ "service": "shop" }),
        ),
        (
            "replica_behind",
            "warning",
            "The replica is 94 s behind",
            json!({ "host": "db-2" }),
        ),
        (
            "disk_full",
            "critical",
            "97 % of /var are used",
            json!({ "host": "db-1", "mount": "/var" }),
        ),
        (
            "disk_slow",
            "warning",
            "Writes take 240 ms",
            json!({ "host": "db-1" }),
        ),
        (
            "payments_failing",
            "emergency",
            "Half of all payments fail",
            json!({ "service": "payments", "region": "north" }),
        ),
    ] {
        trigger(server, name, severity, message, &labels).await;
    }
    let path = format!(
        "/api/v1/alerts/{}/acknowledge",
        id(server, "certificate_expires").await
    );
    let reason = json!({ "reason": "renewing it" });
    post(server, &path, &reason).await.expect(200);
}

/// However slow the machine is.
async fn post(server: &TestServer, path: &str, body: &Json) -> Reply {
    let request = server.request(Method::POST, path).json(body);
    server.send(request.header(TIMEOUT.0, TIMEOUT.1)).await
}

/// Triggers an alert.
pub(super) async fn trigger(
    server: &TestServer,
    name: &str,
    severity: &str,
    message: &str,
    labels: &Json,
) {
    let alert = json!({ "name": name, "severity": severity, "message": message, "labels": labels });
    post(server, "/api/v1/alerts", &alert).await.expect(201);
}

/// Whether somebody was told, somebody could not be told, and every probe has run.
async fn is_told(server: &TestServer) -> bool {
    let has = async |path: &str| !items(server, path).await.is_empty();
    let probes = items(server, "/api/v1/probes").await;
    has("/api/v1/notifications?state=sent").await
        && has("/api/v1/notifications?state=failed").await
        && probes.iter().all(|probe| probe["last_run"].is_object())
}

/// What a path lists.
pub(super) async fn items(server: &TestServer, path: &str) -> Vec<Json> {
    let page = server.get(path).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn find(server: &TestServer, name: &str) -> Option<Json> {
    let path = format!("/api/v1/alerts/history?name={name}");
    items(server, &path).await.into_iter().next()
}

/// The latest alert of this name.
pub(super) async fn alert(server: &TestServer, name: &str) -> Json {
    find(server, name).await.unwrap()
}

/// The id of the latest alert of this name.
pub(super) async fn id(server: &TestServer, name: &str) -> String {
    alert(server, name).await["id"].as_str().unwrap().to_owned()
}

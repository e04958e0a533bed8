//! What the server says of itself.

use reqwest::Method;
use tidegate_stores::metrics::prometheus_text;

use crate::support::{TestServer, wait_until};

#[tokio::test]
async fn its_state_is_told() {
    let server = TestServer::start().await;
    server.record_event("x").await.expect(201);
    let workers = [
        "alerts.due",
        "alerts.evaluate",
        "alerts.retention",
        "events.retention",
        "live.alerts",
        "live.events",
        "live.notifications",
        "metrics.retention",
        "metrics.rollup",
        "notify.dispatch",
        "notify.retention",
        "probes",
        "self_metrics",
    ];
    wait_until(async || {
        let system = server.get("/api/v1/system").await.expect(200);
        let all = system["workers"].as_array().unwrap().clone();
        let names: Vec<&str> = all
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        let is_running = all
            .iter()
            .all(|one| one["state"] == "running" && one["failures"] == 0);
        names == workers && is_running && system["stalls"]["ticks"].as_u64() > Some(0)
    })
    .await;
    let system = server.get("/api/v1/system").await.expect(200);
    let class = |kind: &str, name: &str| {
        let classes = system["classes"].as_array().unwrap();
        let found = classes
            .iter()
            .find(|one| one["kind"] == kind && one["class"] == name);
        found.unwrap().clone()
    };
    assert_eq!(class("route", "table")["target_ms"], 75);
    assert!(class("store", "auth")["total"].as_u64().unwrap() > 0);
    assert_eq!(class("route", "batch")["grade"], "no_data");
    let writes = &system["database"]["stats"]["calls"]["write"];
    assert!(writes["succeeded"].as_u64() > Some(0));
}

#[tokio::test]
async fn prometheus_can_read_its_figures() {
    let server = TestServer::start().await;
    server.record_event("x").await.expect(201);
    let reply = server.get("/metrics").await;
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    let text = reply.expect(200);
    let parsed = prometheus_text::parse(text.as_str().unwrap()).unwrap();
    let value = |name: &str, label: (&str, &str)| {
        let line = parsed.lines.iter().find(|line| {
            line.series.name() == name && line.series.labels().get(label.0) == Some(label.1)
        });
        line.map(|line| line.value)
    };
    let count = "tidegate_operation_seconds_count";
    assert_eq!(value(count, ("operation", "events.record")), Some(1.0));
    assert_eq!(
        value("tidegate_worker_up", ("worker", "live.events")),
        Some(1.0)
    );
    assert!(value("tidegate_database_calls_total", ("class", "write")).unwrap() >= 1.0);
}

#[tokio::test]
async fn its_figures_need_a_key_unless_said_otherwise() {
    let server = TestServer::start().await;
    let bare = server.send(server.bare(Method::GET, "/metrics")).await;
    bare.expect_problem(401, "missing_key");
    let open = TestServer::start_with(|config| config.server.metrics_without_key = true).await;
    open.send(open.bare(Method::GET, "/metrics"))
        .await
        .expect(200);
}

#[tokio::test]
async fn the_description_names_every_route() {
    let server = TestServer::start().await;
    let description = server.get("/api/v1/openapi.json").await.expect(200);
    assert_eq!(description["openapi"], "3.1.0");
    let text = description.to_string();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is not described");
    }
    let paths = description["paths"].as_object().unwrap();
    for path in [
        "/api/v1/metrics",
        "/api/v1/events/{id}",
        "/api/v1/live",
        "/metrics",
        "/readyz",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    let page = server.get("/api/v1/docs").await;
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    let page = page.expect(200);
    assert!(page.as_str().unwrap().contains("docs/page.js"));
}

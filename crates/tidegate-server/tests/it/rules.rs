//! Rules: made, checked, explained, and kept from those who do not own them.

use serde_json::{Value as Json, json};
use tidegate_stores::alerts::{self, Comparison, Rule, Severity};

use crate::support::{TestServer, now};

/// A server that knows a metric.
async fn server() -> TestServer {
    let server = TestServer::start().await;
    let samples = json!({ "samples": [
        { "name": "queue", "value": 5, "labels": { "of": "mail" } },
        { "name": "queue", "value": 1, "labels": { "of": "sms" } },
    ] });
    server.post("/api/v1/metrics", &samples).await.expect(200);
    server
}

fn rule() -> Json {
    json!({ "name": "long", "metric": "queue", "operator": ">", "threshold": 3, "severity": "warning" })
}

/// A rule without what the evaluator adds meanwhile.
fn lasting(rule: &Json) -> Json {
    let mut rule = rule.clone();
    rule.as_object_mut().unwrap().remove("state");
    rule
}

async fn put(server: &TestServer, rule: &Json) -> crate::support::Reply {
    let path = format!("/api/v1/rules/{}", rule["name"].as_str().unwrap());
    let request = server.request(reqwest::Method::PUT, &path).json(rule);
    server.send(request).await
}

#[tokio::test]
async fn a_rule_is_made_changed_and_removed() {
    let server = server().await;
    let made = put(&server, &rule()).await.expect(200);
    let expected = json!({
        "name": "long", "metric": "queue", "matchers": [], "aggregate": "avg", "window": "5m", "operator": ">",
        "threshold": 3.0, "for": "0s", "keep_firing_for": "0s", "minimum_samples": 1, "severity": "warning",
        "cooldown": "0s", "repeat_after": null, "labels": {}, "annotations": {}, "no_data": "ignore",
        "escalation": [], "enabled": true, "source": "api", "updated_at": made["updated_at"],
        "state": { "pending": 0, "firing": 0, "last_evaluated_at": made["state"]["last_evaluated_at"] },
    });
    assert_eq!(made, expected);
    let mut full = rule();
    for (name, value) in json!({
        "matchers": ["of=\"mail\""], "aggregate": "p95", "for": "1m 30s", "minimum_samples": 2,
        "labels": { "team": "ops" }, "annotations": { "summary": "{{ $value }}" }, "no_data": "alert",
        "escalation": [{ "after": "10m", "severity": "critical", "targets": ["pager"] }],
    })
    .as_object()
    .unwrap()
    {
        full[name] = value.clone();
    }
    let changed = put(&server, &full).await.expect(200);
    assert_eq!(
        (
            &changed["for"],
            &changed["minimum_samples"],
            &changed["escalation"]
        ),
        (&json!("1m 30s"), &json!(2), &full["escalation"])
    );
    let got = server.get("/api/v1/rules/long").await.expect(200);
    assert_eq!(lasting(&got), lasting(&changed));
    let all = server.get("/api/v1/rules?source=api").await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(lasting(&all["items"][0]), lasting(&changed));
    let delete = server.request(reqwest::Method::DELETE, "/api/v1/rules/long");
    server.send(delete).await.expect(204);
    server
        .get("/api/v1/rules/long")
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn checking_a_rule_changes_nothing() {
    let server = server().await;
    let checked = server
        .post("/api/v1/rules/check", &rule())
        .await
        .expect(200);
    assert_eq!(checked["window"], "5m");
    let mut unknown = rule();
    unknown["metric"] = json!("nothing");
    let strict = server.post("/api/v1/rules/check", &unknown).await;
    assert_eq!(
        strict.expect_problem(422, "unknown_metric")["field"],
        "metric"
    );
    let path = "/api/v1/rules/check?allow_unknown_metric=true";
    server.post(path, &unknown).await.expect(200);
    let all = server.get("/api/v1/rules").await.expect(200);
    assert_eq!(all["items"], json!([]));
}

#[tokio::test]
async fn what_the_configuration_defines_is_not_changed_here() {
    let server = server().await;
    let owned = Rule::new("long", "queue", Comparison::Above, 9.0, Severity::Info);
    let db = server.other_handle().await;
    db.write(move |tx| Ok(alerts::set_rules(tx, now(), "config", vec![owned])?))
        .await
        .unwrap();
    db.close().await.unwrap();
    let problem = put(&server, &rule()).await.expect_problem(409, "conflict");
    assert_eq!(problem["found"], "config");
    let delete = server.request(reqwest::Method::DELETE, "/api/v1/rules/long");
    server.send(delete).await.expect_problem(409, "conflict");
    let kept = server.get("/api/v1/rules/long").await.expect(200);
    assert_eq!(
        (&kept["threshold"], &kept["source"]),
        (&json!(9.0), &json!("config"))
    );
}

#[tokio::test]
async fn an_explanation_tells_each_series() {
    let server = server().await;
    put(&server, &rule()).await.expect(200);
    let db = server.other_handle().await;
    db.write(|tx| Ok(alerts::evaluate_step(tx, now())?))
        .await
        .unwrap();
    db.close().await.unwrap();
    let known = server.get("/api/v1/rules/long").await.expect(200);
    assert_eq!(known["state"]["firing"], 1);
    let explained = server.get("/api/v1/rules/long/explain").await.expect(200);
    assert_eq!(explained["fires"], true);
    assert_eq!(explained["rule"]["metric"], "queue");
    let series = explained["series"].as_array().unwrap();
    let told: Vec<Json> = series
        .iter()
        .map(|one| {
            json!([
                one["labels"]["of"],
                one["value"],
                one["samples"],
                one["holds"],
                one["state"]
            ])
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["mail", 5.0, 1, true, "firing"],
            ["sms", 1.0, 1, false, null]
        ])
    );
    let alerts = server.get("/api/v1/alerts?name=long").await.expect(200);
    let alert = &alerts["items"][0];
    assert_eq!(
        (&alert["rule"], &alert["source"]),
        (&json!("long"), &json!("rule"))
    );
    assert_eq!(series[0]["alert"], alert["id"]);
}

//! Alerts, rules, silences and notifications that are not as they must be.

use super::{Case, Row, json_body};
use crate::support::Client;
use reqwest::Method;
use serde_json::{Value as Json, json};

const ID: &str = "01955151-0000-7000-8000-000000000000";

#[rustfmt::skip]
const PATHS: &[Row] = &[
    ("an unknown parameter", "alerts?colour=red", 400, "unknown_field", "colour"),
    ("no state", "alerts?state=x", 422, "invalid_field", "state"),
    ("no severity", "alerts?severity=x", 422, "invalid_field", "severity"),
    ("no matcher", "alerts?match=x", 422, "invalid_field", "match"),
    ("a bad regex", "alerts?match=a%3D~%22(%22", 422, "invalid_field", "match"),
    ("a time of the history", "alerts?from=2026-01-01T00:00:00Z", 422, "invalid_field", "from"),
    ("times the wrong way round", "alerts/history?from=2&to=1", 422, "invalid_field", "from"),
    ("another list's cursor", "alerts?cursor=WyJ4Iixb", 422, "invalid_field", "cursor"),
    ("a long window", "alerts/summary?window=32days", 422, "limit_exceeded", "window"),
    ("no id", "alerts/x", 422, "invalid_field", "id"),
    ("no such alert", "alerts/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no such rule", "rules/x", 404, "not_found", ""),
    ("nothing to explain", "rules/x/explain", 404, "not_found", ""),
    ("no status", "silences?status=x", 422, "invalid_field", "status"),
    ("no such silence", "silences/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no state of a message", "notifications?state=x", 422, "invalid_field", "state"),
    ("no fingerprint", "notifications?fingerprint=x", 422, "invalid_field", "fingerprint"),
    ("no such notification", "notifications/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no window", "targets?window=x", 422, "invalid_field", "window"),
];

/// What is sent instead of a field of a good alert.
fn alerts() -> Vec<(&'static str, Json, u16, &'static str, &'static str)> {
    vec![
        (
            "an unknown field",
            json!({ "colour": 1 }),
            400,
            "unknown_field",
            "colour",
        ),
        (
            "no text",
            json!({ "name": 1 }),
            422,
            "invalid_field",
            "name",
        ),
        (
            "no name",
            json!({ "name": "" }),
            422,
            "invalid_field",
            "name",
        ),
        (
            "two lines",
            json!({ "name": "a\nb" }),
            422,
            "invalid_field",
            "name",
        ),
        (
            "no severity",
            json!({ "severity": "bad" }),
            422,
            "invalid_field",
            "severity",
        ),
        (
            "a bad label",
            json!({ "labels": { "a-b": "c" } }),
            422,
            "invalid_field",
            "labels",
        ),
        (
            "a reserved label",
            json!({ "labels": { "severity": "c" } }),
            422,
            "invalid_field",
            "labels.severity",
        ),
        (
            "a long message",
            json!({ "message": "x".repeat(4_097) }),
            413,
            "body_too_large",
            "",
        ),
        (
            "a long name",
            json!({ "name": "x".repeat(201) }),
            422,
            "limit_exceeded",
            "name",
        ),
    ]
}

/// What is sent instead of a field of a good rule.
fn rules() -> Vec<(&'static str, Json, u16, &'static str, &'static str)> {
    let step = json!([{ "after": "0s", "notify": ["x"] }]);
    vec![
        (
            "an unknown field",
            json!({ "colour": 1 }),
            400,
            "unknown_field",
            "colour",
        ),
        (
            "an unknown metric",
            json!({ "metric": "nothing" }),
            422,
            "unknown_metric",
            "metric",
        ),
        (
            "no metric",
            json!({ "metric": "a b" }),
            422,
            "invalid_field",
            "metric",
        ),
        (
            "no matcher",
            json!({ "matchers": ["x"] }),
            422,
            "invalid_field",
            "matchers",
        ),
        (
            "a bad regex",
            json!({ "matchers": ["a=~\"(\""] }),
            422,
            "invalid_field",
            "matchers",
        ),
        (
            "no operator",
            json!({ "operator": "=>" }),
            422,
            "invalid_field",
            "operator",
        ),
        (
            "no number",
            json!({ "threshold": "3" }),
            422,
            "invalid_field",
            "threshold",
        ),
        (
            "no aggregate",
            json!({ "aggregate": "mode" }),
            422,
            "invalid_field",
            "aggregate",
        ),
        (
            "no duration",
            json!({ "for": "soon" }),
            422,
            "invalid_field",
            "for",
        ),
        (
            "a short window",
            json!({ "window": "1ms" }),
            422,
            "invalid_field",
            "window",
        ),
        (
            "a long one",
            json!({ "cooldown": "400days" }),
            422,
            "limit_exceeded",
            "cooldown",
        ),
        (
            "no samples",
            json!({ "min_samples": 0 }),
            422,
            "invalid_field",
            "min_samples",
        ),
        (
            "a bad template",
            json!({ "annotations": { "a": "{{ $x }}" } }),
            422,
            "invalid_field",
            "annotations.a",
        ),
        (
            "a step at once",
            json!({ "escalation": step }),
            422,
            "invalid_field",
            "escalation[0].after",
        ),
        (
            "no meaning of silence",
            json!({ "no_data": "x" }),
            422,
            "invalid_field",
            "no_data",
        ),
        (
            "another name",
            json!({ "name": "other" }),
            422,
            "invalid_field",
            "name",
        ),
    ]
}

/// What is sent instead of a field of a good silence.
fn silences() -> Vec<(&'static str, Json, u16, &'static str, &'static str)> {
    let past = json!({ "for": null, "ends_at": "2020-01-01T00:00:00Z" });
    vec![
        (
            "an unknown field",
            json!({ "colour": 1 }),
            400,
            "unknown_field",
            "colour",
        ),
        (
            "no matchers",
            json!({ "matchers": [] }),
            422,
            "invalid_field",
            "matchers",
        ),
        (
            "silence for all",
            json!({ "matchers": ["a=~\".*\""] }),
            422,
            "invalid_field",
            "matchers",
        ),
        (
            "no end",
            json!({ "for": null }),
            422,
            "invalid_field",
            "ends_at",
        ),
        (
            "both",
            json!({ "ends_at": "2099-01-01T00:00:00Z" }),
            422,
            "invalid_field",
            "ends_at",
        ),
        ("an end that is past", past, 422, "invalid_field", "ends_at"),
        (
            "no comment",
            json!({ "comment": "" }),
            422,
            "invalid_field",
            "comment",
        ),
        (
            "no author",
            json!({ "created_by": " " }),
            422,
            "invalid_field",
            "created_by",
        ),
    ]
}

/// What is sent as Alertmanager's alerts or silences.
fn of_alertmanager() -> Vec<(
    &'static str,
    &'static str,
    Json,
    u16,
    &'static str,
    &'static str,
)> {
    let good = json!({ "labels": { "alertname": "good" } });
    let with = |bad: Json| json!([good, bad]);
    let silence = |name: &str| {
        json!({
            "matchers": [{ "name": name, "value": "(", "isRegex": true }], "comment": "x", "createdBy": "y",
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z",
        })
    };
    vec![
        ("no list", "alerts", json!({}), 422, "invalid_field", ""),
        (
            "no name",
            "alerts",
            with(json!({ "labels": { "a": "b" } })),
            422,
            "invalid_field",
            "[1].labels",
        ),
        (
            "a bad label",
            "alerts",
            with(json!({ "labels": { "alertname": "x", "a-b": "c" } })),
            422,
            "invalid_field",
            "[1].labels",
        ),
        (
            "no time",
            "alerts",
            with(json!({ "labels": {}, "startsAt": "soon" })),
            422,
            "invalid_field",
            "[1].startsAt",
        ),
        (
            "a bad regex",
            "silences",
            silence("a"),
            422,
            "invalid_field",
            "matchers[0]",
        ),
        (
            "a bad label of a silence",
            "silences",
            silence("a-b"),
            422,
            "invalid_field",
            "matchers[0]",
        ),
    ]
}

/// A good document with some fields in the place of its own; null leaves one out.
fn changed(mut good: Json, change: &Json) -> String {
    for (name, value) in change.as_object().unwrap() {
        match value {
            Json::Null => drop(good.as_object_mut().unwrap().remove(name)),
            value => good[name] = value.clone(),
        }
    }
    good.to_string()
}

pub(super) fn cases(server: &Client) -> Vec<Case> {
    let alert = json!({ "name": "good", "severity": "info", "message": "" });
    let rule = json!({ "name": "good", "metric": "m", "operator": ">", "threshold": 1, "severity": "info" });
    let silence = json!({ "matchers": ["a=b"], "for": "1h", "comment": "good" });
    let mut cases: Vec<Case> = PATHS
        .iter()
        .map(|row| {
            let path = format!("/api/v1/{}", row.1);
            Case::of(row, server.request(Method::GET, &path))
        })
        .collect();
    let mut add = |what, request, status, code, field| {
        cases.push(Case::of(&(what, "", status, code, field), request));
    };
    for (what, change, status, code, field) in alerts() {
        let body = changed(alert.clone(), &change);
        add(
            what,
            json_body(server, "/api/v1/alerts", body),
            status,
            code,
            field,
        );
    }
    for (what, change, status, code, field) in rules() {
        let body = changed(rule.clone(), &change);
        let put = server.request(Method::PUT, "/api/v1/rules/good");
        let put = put.header("content-type", "application/json").body(body);
        add(what, put, status, code, field);
    }
    for (what, change, status, code, field) in silences() {
        let body = changed(silence.clone(), &change);
        add(
            what,
            json_body(server, "/api/v1/silences", body),
            status,
            code,
            field,
        );
    }
    for (what, path, body, status, code, field) in of_alertmanager() {
        let request = json_body(server, &format!("/api/v2/{path}"), body.to_string());
        add(what, request, status, code, field);
    }
    let operate =
        |verb: &str, body: &str| json_body(server, &format!("/api/v1/alerts/{ID}/{verb}"), body);
    add(
        "no end",
        operate("suppress", "{}"),
        422,
        "invalid_field",
        "until",
    );
    add(
        "no length",
        operate("suppress", r#"{"for": "x"}"#),
        422,
        "invalid_field",
        "for",
    );
    add(
        "a past one",
        operate("suppress", r#"{"until": 0}"#),
        422,
        "invalid_field",
        "until",
    );
    add(
        "no state",
        operate("resolve", r#"{"expected_state": "x"}"#),
        422,
        "invalid_field",
        "expected_state",
    );
    add(
        "nobody's",
        operate("acknowledge", "{}"),
        404,
        "not_found",
        "",
    );
    add(
        "no matcher",
        server.request(Method::GET, "/api/v2/alerts?filter=x"),
        422,
        "invalid_field",
        "filter",
    );
    add(
        "no receiver",
        server.request(Method::GET, "/api/v2/alerts?receiver=("),
        422,
        "invalid_field",
        "receiver",
    );
    cases
}

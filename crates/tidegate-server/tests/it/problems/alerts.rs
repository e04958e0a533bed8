//! Alerts, rules, silences and notifications that are not as they must be.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{Case, Row, json_body};
use crate::support::{Client, now};

const ID: &str = "01955151-0000-7000-8000-000000000000";

/// What is sent instead of a field of a good document.
type Change = (&'static str, Json, u16, &'static str, &'static str);

#[rustfmt::skip]
const PATHS: &[Row] = &[
    ("an unknown parameter", "v1/alerts?colour=red", 400, "unknown_field", "colour"),
    ("no state", "v1/alerts?state=x", 422, "invalid_field", "state"),
    ("no severity", "v1/alerts?severity=x", 422, "invalid_field", "severity"),
    ("no matcher", "v1/alerts?match=x", 422, "invalid_field", "match"),
    ("a bad regex", "v1/alerts?match=a%3D~%22(%22", 422, "invalid_field", "match"),
    ("a time of the history", "v1/alerts?from=2026-01-01T00:00:00Z", 422, "invalid_field", "from"),
    ("times the wrong way round", "v1/alerts/history?from=2&to=1", 422, "invalid_field", "from"),
    ("another list's cursor", "v1/alerts?cursor=WyJ4Iixb", 422, "invalid_field", "cursor"),
    ("a long window", "v1/alerts/summary?window=32days", 422, "limit_exceeded", "window"),
    ("no id", "v1/alerts/x", 422, "invalid_field", "id"),
    ("no such alert", "v1/alerts/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no such rule", "v1/rules/x", 404, "not_found", ""),
    ("nothing to explain", "v1/rules/x/explain", 404, "not_found", ""),
    ("no status", "v1/silences?status=x", 422, "invalid_field", "status"),
    ("no such silence", "v1/silences/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no state of a message", "v1/notifications?state=x", 422, "invalid_field", "state"),
    ("no fingerprint", "v1/notifications?fingerprint=x", 422, "invalid_field", "fingerprint"),
    ("no such notification", "v1/notifications/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no window", "v1/targets?window=x", 422, "invalid_field", "window"),
    ("no filter", "v2/alerts?filter=x", 422, "invalid_field", "filter"),
    ("no receiver", "v2/alerts?receiver=(", 422, "invalid_field", "receiver"),
    ("no answer", "v2/alerts?active=maybe", 422, "invalid_field", "active"),
];

/// What is wrong with an action upon an alert: its path, with its body behind a blank.
#[rustfmt::skip]
const ACTIONS: &[Row] = &[
    ("no end", "suppress {}", 422, "invalid_field", "until"),
    ("no length", r#"suppress {"for": "x"}"#, 422, "invalid_field", "for"),
    ("an end that is past", r#"suppress {"until": 0}"#, 422, "invalid_field", "until"),
    ("no state", r#"resolve {"expected_state": "x"}"#, 422, "invalid_field", "expected_state"),
    ("an unknown field", r#"resolve {"colour": 1}"#, 400, "unknown_field", "colour"),
    ("a reason with NUL", r#"acknowledge {"reason": "\u0000"}"#, 422, "invalid_field", "reason"),
    ("nobody's alert", "acknowledge {}", 404, "not_found", ""),
];

#[rustfmt::skip]
fn alerts() -> Vec<Change> {
    vec![
        ("an unknown field", json!({ "colour": 1 }), 400, "unknown_field", "colour"),
        ("no text", json!({ "name": 1 }), 422, "invalid_field", "name"),
        ("no name", json!({ "name": "" }), 422, "invalid_field", "name"),
        ("two lines", json!({ "name": "a\nb" }), 422, "invalid_field", "name"),
        ("no severity", json!({ "severity": "bad" }), 422, "invalid_field", "severity"),
        ("a bad label", json!({ "labels": { "a-b": "c" } }), 422, "invalid_field", "labels"),
        ("a reserved label", json!({ "labels": { "severity": "c" } }), 422, "invalid_field", "labels.severity"),
        ("a long message", json!({ "message": "x".repeat(4_097) }), 413, "body_too_large", ""),
        ("a long name", json!({ "name": "x".repeat(201) }), 422, "limit_exceeded", "name"),
    ]
}

#[rustfmt::skip]
fn rules() -> Vec<Change> {
    let at_once = json!([{ "after": "0s", "targets": ["x"] }]);
    let never = json!([{ "after": "x", "targets": ["x"] }]);
    vec![
        ("an unknown field", json!({ "colour": 1 }), 400, "unknown_field", "colour"),
        ("an unknown metric", json!({ "metric": "nothing" }), 422, "unknown_metric", "metric"),
        ("no metric", json!({ "metric": "a b" }), 422, "invalid_field", "metric"),
        ("no matcher", json!({ "matchers": ["x"] }), 422, "invalid_field", "matchers"),
        ("a bad regex", json!({ "matchers": ["a=~\"(\""] }), 422, "invalid_field", "matchers"),
        ("no operator", json!({ "operator": "=>" }), 422, "invalid_field", "operator"),
        ("no number", json!({ "threshold": "3" }), 422, "invalid_field", "threshold"),
        ("no aggregate", json!({ "aggregate": "mode" }), 422, "invalid_field", "aggregate"),
        ("no duration", json!({ "for": "soon" }), 422, "invalid_field", "for"),
        ("a short window", json!({ "window": "1ms" }), 422, "invalid_field", "window"),
        ("a long one", json!({ "cooldown": "400days" }), 422, "limit_exceeded", "cooldown"),
        ("no samples", json!({ "minimum_samples": 0 }), 422, "invalid_field", "minimum_samples"),
        ("a bad template", json!({ "annotations": { "a": "{{ $x }}" } }), 422, "invalid_field", "annotations.a"),
        ("a step at once", json!({ "escalation": at_once }), 422, "invalid_field", "escalation[0].after"),
        ("a step at no time", json!({ "escalation": never }), 422, "invalid_field", "escalation[0].after"),
        ("no meaning of silence", json!({ "no_data": "x" }), 422, "invalid_field", "no_data"),
        ("another name", json!({ "name": "other" }), 422, "invalid_field", "name"),
    ]
}

#[rustfmt::skip]
fn silences() -> Vec<Change> {
    let past = json!({ "for": null, "ends_at": "2020-01-01T00:00:00Z" });
    vec![
        ("an unknown field", json!({ "colour": 1 }), 400, "unknown_field", "colour"),
        ("no matchers", json!({ "matchers": [] }), 422, "invalid_field", "matchers"),
        ("silence for all", json!({ "matchers": ["a=~\".*\""] }), 422, "invalid_field", "matchers"),
        ("no end", json!({ "for": null }), 422, "invalid_field", "ends_at"),
        ("both", json!({ "ends_at": "2099-01-01T00:00:00Z" }), 422, "invalid_field", "ends_at"),
        ("an end that is past", past, 422, "invalid_field", "ends_at"),
        ("no comment", json!({ "comment": "" }), 422, "invalid_field", "comment"),
        ("no author", json!({ "created_by": " " }), 422, "invalid_field", "created_by"),
    ]
}

/// What is pushed behind a good alert, which must not be stored either.
#[rustfmt::skip]
fn pushed() -> Vec<Change> {
    let label = json!({ "labels": { "alertname": "x", "a-b": "c" } });
    vec![
        ("no name", json!({ "labels": { "a": "b" } }), 422, "invalid_field", "[1].labels"),
        ("no labels", json!({}), 422, "invalid_field", "[1].labels"),
        ("a bad label", label, 422, "invalid_field", "[1].labels"),
        ("no time", json!({ "labels": {}, "startsAt": "soon" }), 422, "invalid_field", "[1].startsAt"),
    ]
}

#[rustfmt::skip]
fn silences_of_alertmanager() -> Vec<Change> {
    let matchers = |name: &str| json!({ "matchers": [{ "name": name, "value": "(", "isRegex": true }] });
    vec![
        ("a bad regex", matchers("a"), 422, "invalid_field", "matchers[0]"),
        ("a bad label", matchers("a-b"), 422, "invalid_field", "matchers[0]"),
        ("an end that is past", json!({ "endsAt": "2020-01-01T00:00:00Z" }), 422, "invalid_field", "endsAt"),
        ("no author", json!({ "createdBy": "" }), 422, "invalid_field", "createdBy"),
        ("a silence that is not there", json!({ "id": ID }), 404, "not_found", ""),
    ]
}

fn tomorrow() -> String {
    let day = std::time::Duration::from_secs(86_400);
    now().saturating_add(day).to_string()
}

/// A good document with some fields in the place of its own; null leaves one out.
fn changed(good: &Json, change: &Json) -> Json {
    let mut changed = good.clone();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Json::Null => drop(changed.as_object_mut().unwrap().remove(name)),
            value => changed[name] = value.clone(),
        }
    }
    changed
}

/// A case for each change of a good document.
fn bodies<'c>(
    server: &'c Client,
    method: Method,
    path: &'c str,
    good: Json,
    changes: Vec<Change>,
) -> impl Iterator<Item = Case> + 'c {
    changes.into_iter().map(move |change| {
        let (what, change, status, code, field) = change;
        let request = server.request(method.clone(), path);
        let request = request.json(&changed(&good, &change));
        Case::of(&(what, "", status, code, field), request)
    })
}

pub(super) fn cases(server: &Client) -> Vec<Case> {
    let paths = PATHS.iter().map(|row| {
        let path = format!("/api/{}", row.1);
        Case::of(row, server.request(Method::GET, &path))
    });
    let actions = ACTIONS.iter().map(|row| {
        let (verb, body) = row.1.split_once(' ').unwrap();
        let path = format!("/api/v1/alerts/{ID}/{verb}");
        Case::of(row, json_body(server, &path, body))
    });
    let pushed = pushed()
        .into_iter()
        .map(|(what, bad, status, code, field)| {
            let good = json!({ "labels": { "alertname": "good" } });
            let body = json!([good, bad]).to_string();
            let request = json_body(server, "/api/v2/alerts", body);
            Case::of(&(what, "", status, code, field), request)
        });
    let post = |path, good, changes| bodies(server, Method::POST, path, good, changes);
    let alert = json!({ "name": "good", "severity": "info", "message": "" });
    let rule = json!({ "name": "good", "metric": "m", "operator": ">", "threshold": 1, "severity": "info" });
    let silence = json!({ "matchers": ["a=b"], "for": "1h", "comment": "good" });
    let of_alertmanager = json!({
        "matchers": [{ "name": "a", "value": "b", "isRegex": false }], "comment": "x", "createdBy": "y",
        "startsAt": "2026-01-01T00:00:00Z", "endsAt": tomorrow(),
    });
    paths
        .chain(actions)
        .chain(pushed)
        .chain(post("/api/v1/alerts", alert, alerts()))
        .chain(post("/api/v1/silences", silence, silences()))
        .chain(post(
            "/api/v2/silences",
            of_alertmanager,
            silences_of_alertmanager(),
        ))
        .chain(bodies(
            server,
            Method::PUT,
            "/api/v1/rules/good",
            rule,
            rules(),
        ))
        .collect()
}

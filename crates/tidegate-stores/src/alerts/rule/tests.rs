//! Rules as they are written, and what is refused of them.

use std::time::Duration;

use serde_json::{Value, json};

use super::Rule;
use crate::alerts::builtin::builtin_rules;
use crate::alerts::no_data::NoData;
use crate::error::ErrorKind;

/// A rule with what each must have, and these fields changed.
fn written(changes: Value) -> Result<Rule, serde_json::Error> {
    let mut rule = json!({
        "name": "r", "metric": "m", "operator": ">", "threshold": 1, "severity": "warning",
    });
    let fields = rule.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    serde_json::from_value(rule)
}

#[test]
fn what_is_left_out_has_a_meaning() {
    let rule = written(json!({})).unwrap();
    assert_eq!(rule.window, Duration::from_secs(300));
    assert_eq!(
        (rule.minimum_samples, rule.no_data, rule.enabled),
        (1, NoData::Ignore, true)
    );
    rule.check().unwrap();
}

#[test]
fn a_rule_comes_back_as_it_was_written() {
    let rule = written(json!({
        "matchers": ["a=\"b\"", "c=~\"d|e\""], "aggregate": "p95", "window": "90s", "for": "1h 30m",
        "keep_firing_for": "5m", "minimum_samples": 3, "cooldown": "10m", "repeat_after": "4h",
        "labels": {"team": "web"}, "annotations": {"summary": "{{ $labels.a }}: {{ $value }}"},
        "no_data": "keep", "enabled": false,
        "escalation": [{"after": "5m", "severity": "critical"}, {"after": "10m", "targets": ["x"]}],
    }))
    .unwrap();
    rule.check().unwrap();
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule, "{text}");
    assert_eq!(rule.hold, Duration::from_secs(5_400));
    assert_eq!(rule.matchers[1].to_string(), "c=~\"d|e\"");
}

#[test]
fn what_cannot_be_read_is_refused_by_the_reader() {
    for (changes, reason) in [
        (json!({"forr": "5m"}), "unknown field `forr`"),
        (json!({"for": "5 parsecs"}), "is no duration such as 5m"),
        (json!({"for": 5}), "invalid type: integer"),
        (json!({"operator": "=>"}), "unknown variant `=>`"),
        (json!({"aggregate": "mode"}), "is none of avg"),
        (json!({"severity": "bad"}), "unknown variant `bad`"),
        (
            json!({"matchers": ["a=~\"(\""]}),
            "regular expression is wrong",
        ),
        (json!({"labels": {"a-b": "c"}}), "is no label name"),
        (
            json!({"escalation": [{"after": "1m", "to": []}]}),
            "unknown field `to`",
        ),
    ] {
        let error = written(changes.clone()).unwrap_err().to_string();
        assert!(error.contains(reason), "{changes}: {error}");
    }
}

fn check(changes: Value, field: &str, reason: &str) {
    let error = written(changes.clone()).unwrap().check().unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::InvalidInput | ErrorKind::Limit
    ));
    assert_eq!(error.field(), Some(field), "{changes}: {error}");
    assert!(error.reason().contains(reason), "{changes}: {error}");
}

#[test]
fn what_cannot_work_is_refused_with_its_path() {
    check(json!({"name": " "}), "name", "must not be empty");
    check(json!({"name": "a\nb"}), "name", "control characters");
    check(json!({"metric": "a b"}), "metric", "is no metric name");
    check(json!({"window": "10ms"}), "window", "a second at least");
    check(json!({"window": "400days"}), "window", "at most 366 days");
    check(json!({"for": "400days"}), "for", "at most 366 days");
    check(
        json!({"repeat_after": "0s"}),
        "repeat_after",
        "a second at least",
    );
    check(
        json!({"minimum_samples": 0}),
        "minimum_samples",
        "at least 1",
    );
    check(
        json!({"labels": {"severity": "x"}}),
        "labels.severity",
        "is the field `severity`",
    );
    check(
        json!({"labels": {"alertname": "x"}}),
        "labels.alertname",
        "is the field `name`",
    );
    check(
        json!({"annotations": {"s": "{{ $x }}"}}),
        "annotations.s",
        "neither $value nor",
    );
    check(
        json!({"annotations": {"a b": "x"}}),
        "annotations",
        "is no label name",
    );
    let steps = |steps: Value| json!({"escalation": steps});
    check(
        steps(json!([{"after": "0s", "severity": "critical"}])),
        "escalation[0].after",
        "longer",
    );
    check(
        steps(json!([{"after": "2m", "targets": ["a"]}, {"after": "1m", "targets": ["b"]}])),
        "escalation[1].after",
        "longer than that of the step before",
    );
    check(
        steps(json!([{"after": "1m", "severity": "info"}])),
        "escalation[0].severity",
        "higher",
    );
    check(
        steps(json!([{"after": "1m"}])),
        "escalation[0].targets",
        "or name targets",
    );
    check(
        steps(json!([{"after": "1m", "targets": [""]}])),
        "escalation[0].targets",
        "empty",
    );
}

#[test]
fn a_threshold_must_be_a_number() {
    let mut rule = written(json!({})).unwrap();
    for threshold in [f64::NAN, f64::INFINITY] {
        rule.threshold = threshold;
        assert_eq!(rule.check().unwrap_err().field(), Some("threshold"));
    }
}

#[test]
fn the_rules_to_start_from_work() {
    let rules = builtin_rules();
    assert_eq!(rules.len(), 5);
    for rule in rules {
        rule.check().unwrap();
    }
}

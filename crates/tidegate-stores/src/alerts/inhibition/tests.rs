//! Circles, and who inhibits whom.

use super::{Inhibition, cycle};
use crate::alerts::matched::Matched;
use crate::labels::Labels;
use crate::matcher::Matcher;
use crate::notify::Severity;

fn inhibition(name: &str, source: &str, target: &str, equal: &[&str]) -> Inhibition {
    Inhibition {
        name: name.to_owned(),
        source: Matcher::parse_list(source).unwrap(),
        target: Matcher::parse_list(target).unwrap(),
        equal: equal.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn check(sides: &[(&str, &str)], expected: Option<&str>) {
    let named = ["a", "b", "c", "d"].iter().zip(sides);
    let all: Vec<Inhibition> = named
        .map(|(name, (source, target))| inhibition(name, source, target, &[]))
        .collect();
    let found = cycle::refuse(&all).err();
    assert_eq!(
        found.as_ref().map(|error| error.reason()),
        expected,
        "{sides:?}"
    );
}

#[test]
fn circles_are_refused() {
    check(&[("severity=critical", "severity=warning")], None);
    check(
        &[("alertname=NodeDown", "severity=~\"warning|info\"")],
        None,
    );
    check(
        &[("severity=critical", "severity=~\"warning|critical\"")],
        Some("a inhibits its own sources"),
    );
    check(
        &[("severity!=info", "severity!=warning")],
        Some("a inhibits its own sources"),
    );
    check(
        &[("job=~\"a.*\"", "job=~\"a.*\"")],
        Some("a inhibits its own sources"),
    );
    check(
        &[
            ("alertname=X", "alertname=Y"),
            ("alertname=Y", "alertname=X"),
        ],
        Some("they inhibit each other in a circle: a → b"),
    );
    check(
        &[
            ("alertname=X", "alertname=Y"),
            ("alertname=Y", "alertname=Z"),
            ("alertname=Z", "alertname=\"X\",job=api"),
        ],
        Some("they inhibit each other in a circle: a → b → c"),
    );
    check(
        &[
            ("alertname=X,env=prod", "alertname=Y,env=prod"),
            ("alertname=Y,env=test", "alertname=X,env=test"),
        ],
        None,
    );
}

fn alert(name: &str, severity: Severity, host: &str) -> Matched {
    Matched {
        name: name.to_owned(),
        severity,
        labels: Labels::new([("host", host)]).unwrap(),
    }
}

#[test]
fn an_alert_inhibits_others_of_the_same_labels() {
    use Severity::{Critical, Warning};
    let one = inhibition(
        "a",
        "alertname=NodeDown",
        "severity=warning",
        &["host", "zone"],
    );
    let down = alert("NodeDown", Critical, "a");
    for (target, expected) in [
        (alert("Slow", Warning, "a"), true),
        (alert("Slow", Warning, "b"), false),
        (alert("Slow", Critical, "a"), false),
    ] {
        assert_eq!(one.inhibits(&down, &target), expected, "{target:?}");
    }
    let both = alert("NodeDown", Warning, "a");
    assert!(
        !one.inhibits(&both, &both),
        "none that meets both sides inhibits its like"
    );
    assert!(one.inhibits(&down, &both) && one.inhibits(&both, &alert("Slow", Warning, "a")));
}

//! Tests of text for people.

use std::collections::BTreeMap;

use super::{BODY_BYTES_MAX, SUBJECT_BYTES_MAX, body, subject};
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::notify::announcement::Status;
use crate::notify::content::{common_annotations, common_labels};
use crate::notify::delivery::{Delivery, ToldAlert};
use crate::notify::message::Reason;
use crate::notify::severity::Severity;
use crate::timestamp::Timestamp;

const INJECTION: &str = "x\r\nBcc: all@example.org\u{1b}[2J\u{202e}\u{2028}\0";

fn alert(name: &str, host: &str) -> ToldAlert {
    let labels = Labels::new([("host", host)]).expect("labels");
    ToldAlert {
        fingerprint: Fingerprint::of(name, &labels),
        alert: Id::new(Timestamp::MIN),
        status: Status::Firing,
        is_news: true,
        name: name.to_owned(),
        severity: Severity::Critical,
        labels,
        annotations: BTreeMap::from([("summary".to_owned(), format!("{host} is full"))]),
        value: Some(0.97),
        occurrences: 3,
        starts_at: Timestamp::MIN,
        ends_at: None,
        generator_url: Some("https://example.org/a".to_owned()),
    }
}

fn delivery(alerts: Vec<ToldAlert>) -> Delivery {
    let firing = alerts
        .iter()
        .filter(|alert| alert.status == Status::Firing)
        .count();
    let count = |items: usize| u64::try_from(items).expect("few");
    Delivery {
        id: Id::new(Timestamp::MIN),
        attempt: 1,
        target: "ops".to_owned(),
        reason: Reason::New,
        group_key: Fingerprint::of("", &Labels::empty()),
        route: Some("default".to_owned()),
        group_labels: Labels::new([("host", "a")]).expect("labels"),
        common_labels: common_labels(&alerts),
        common_annotations: common_annotations(&alerts),
        firing: count(firing),
        resolved: count(alerts.len() - firing),
        alerts,
        lease_until: Timestamp::MAX,
    }
}

#[test]
fn a_subject_says_what_it_is_about() {
    let check = |change: &dyn Fn(&mut Delivery), expected: &str| {
        let mut delivery = delivery(vec![alert("disk", "a"), alert("disk", "b")]);
        change(&mut delivery);
        assert_eq!(subject(&delivery), expected);
    };
    check(&|_| {}, "[FIRING:2] [critical] disk {host=\"a\"}");
    check(
        &|one| one.reason = Reason::Escalation,
        "[ESCALATION:2] [critical] disk {host=\"a\"}",
    );
    check(
        &|one| one.reason = Reason::Test,
        "[TEST] [critical] disk {host=\"a\"}",
    );
    check(
        &|one| one.group_labels = Labels::empty(),
        "[FIRING:2] [critical] disk",
    );
    check(
        &|one| one.common_labels = Labels::empty(),
        "[FIRING:2] [critical] several alerts {host=\"a\"}",
    );
    let over = |one: &mut Delivery| {
        one.alerts
            .iter_mut()
            .for_each(|alert| alert.status = Status::Resolved);
        (one.firing, one.resolved) = (0, 2);
    };
    check(&over, "[RESOLVED:2] disk {host=\"a\"}");
}

#[test]
fn a_body_tells_of_each_alert() {
    let mut ended = alert("disk", "b");
    ended.status = Status::Resolved;
    ended.ends_at = Some(Timestamp::MIN);
    (ended.value, ended.occurrences, ended.generator_url) = (None, 1, None);
    let expected = "[FIRING:1] [critical] disk {host=\"a\"}

FIRING [critical] disk
  labels: {host=\"a\"}
  summary: a is full
  value: 0.97
  since: 1970-01-01T00:00:00Z
  occurrences: 3
  see: https://example.org/a

RESOLVED [critical] disk
  labels: {host=\"b\"}
  summary: b is full
  since: 1970-01-01T00:00:00Z
  until: 1970-01-01T00:00:00Z
";
    assert_eq!(body(&delivery(vec![alert("disk", "a"), ended])), expected);
}

#[test]
fn many_or_long_alerts_are_counted_instead() {
    let long = "ä".repeat(1_000);
    let alerts: Vec<ToldAlert> = (0..500)
        .map(|n| alert(&long, &format!("{n}{long}")))
        .collect();
    let mut many = delivery(alerts);
    many.firing = 11_000;
    let body = body(&many);
    assert!(body.len() <= BODY_BYTES_MAX);
    let listed = body.matches("\nFIRING").count();
    assert!(listed > 5);
    assert!(
        body.ends_with(&format!("\nand {} more\n", 11_000 - listed)),
        "{body}"
    );
    assert!(subject(&many).len() <= SUBJECT_BYTES_MAX);
}

#[test]
fn nothing_breaks_out_of_its_line() {
    let host = INJECTION.replace('\0', "");
    let mut evil = alert(INJECTION, &host);
    evil.annotations = BTreeMap::from([("summary".to_owned(), INJECTION.to_owned())]);
    evil.generator_url = Some(INJECTION.to_owned());
    let mut evil = delivery(vec![evil]);
    evil.group_labels = Labels::new([("host", &*host)]).expect("labels");
    let (subject, body) = (subject(&evil), body(&evil));
    let is_bad = |c: char| c.is_control() || "\u{202e}\u{2028}".contains(c);
    assert!(!subject.contains(is_bad), "{subject}");
    assert!(!body.replace('\n', "").contains(is_bad), "{body}");
    assert_eq!(body.lines().count(), 9, "{body}");
}

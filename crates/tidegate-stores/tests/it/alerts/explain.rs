//! Why a rule has alerts, or none, in numbers and words.

use tidegate_stores::ErrorKind;
use tidegate_stores::alerts::{self, Explained, Explanation, NewSilence, NoData, Rule, Severity};
use tidegate_stores::{Matcher, Timestamp};

use super::{
    acknowledge, evaluate, high, labels, measure, only, open_manual, read, resolve, seconds,
    set_rules, suppress, with, write,
};
use crate::support::{TestDb, at, open};

fn explain(db: &TestDb, now: Timestamp) -> Explanation {
    read(db, move |tx| alerts::explain(tx, now, "high")).unwrap()
}

/// What is said of the only series.
fn one(db: &TestDb, now: Timestamp) -> Explained {
    let mut explained = explain(db, now);
    assert_eq!(explained.series.len(), 1, "{explained:?}");
    explained.series.remove(0)
}

fn check(db: &TestDb, second: i64, why: &str) {
    assert_eq!(one(db, at(second)).why, why);
}

fn slow() -> Rule {
    with(high(), |rule| {
        rule.hold = seconds(30);
        rule.keep_firing_for = seconds(40);
        rule.cooldown = seconds(50);
    })
}

#[test]
fn each_stage_of_an_alert_has_its_reason() {
    let db = open();
    set_rules(&db, at(0), vec![slow()]);
    assert_eq!(
        explain(&db, at(0)).summary,
        "no series of load has a sample within the window"
    );
    measure(&db, at(0), "a", 0.5);
    check(
        &db,
        0,
        "last(load) is 0.5, which is not > 1; so there is no alert",
    );
    measure(&db, at(1), "a", 2.0);
    check(
        &db,
        1,
        "last(load) is 2 > 1; the next evaluation opens an alert, which fires after 30s",
    );
    evaluate(&db, at(1));
    check(
        &db,
        11,
        "last(load) is 2 > 1; pending since 2026-03-01T12:00:01Z, it fires after 20s",
    );
    assert_eq!(one(&db, at(11)).fires_in, Some(seconds(20)));
    check(
        &db,
        31,
        "last(load) is 2 > 1; the next evaluation lets its alert fire",
    );
    evaluate(&db, at(31));
    check(&db, 31, "last(load) is 2 > 1; its alert is firing");
    assert_eq!(
        explain(&db, at(31)).summary,
        "of 1 series, 1 fire and 0 are pending"
    );
    measure(&db, at(40), "a", 0.0);
    evaluate(&db, at(40));
    check(
        &db,
        50,
        "last(load) is 0, which is not > 1; its alert is kept firing for 30s",
    );
    assert_eq!(one(&db, at(50)).resolves_in, Some(seconds(30)));
    check(
        &db,
        80,
        "last(load) is 0, which is not > 1; the next evaluation resolves its alert",
    );
    evaluate(&db, at(80));
    measure(&db, at(90), "a", 2.0);
    check(
        &db,
        90,
        "last(load) is 2 > 1; but it cools down until 2026-03-01T12:02:10Z",
    );
    assert_eq!(one(&db, at(90)).cooldown_until, Some(at(130)));
}

#[test]
fn what_is_found_is_shown_with_it() {
    let db = open();
    set_rules(&db, at(0), vec![high()]);
    measure(&db, at(0), "a", 2.0);
    measure(&db, at(3), "a", 3.0);
    evaluate(&db, at(5));
    let explained = one(&db, at(5));
    assert_eq!((explained.value, explained.samples), (Some(3.0), 2));
    assert_eq!(
        (explained.last_at, explained.is_met),
        (Some(at(3)), Some(true))
    );
    assert_eq!(explained.labels, labels([("host", "a")]));
    assert_eq!(explained.alert, Some(only(&db)));
    assert_eq!(explained.fingerprint, only(&db).fingerprint);
}

#[test]
fn it_is_said_who_keeps_an_alert_from_being_told() {
    let db = open();
    set_rules(&db, at(0), vec![high()]);
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    let id = only(&db).id;
    let told = "last(load) is 2 > 1; its alert is";
    let silence = NewSilence {
        matchers: Matcher::parse_list("host=a").unwrap(),
        author: "ada".to_owned(),
        comment: "x".to_owned(),
        starts_at: at(0),
        ends_at: at(100),
    };
    let silence = write(&db, move |tx| alerts::silence(tx, at(0), silence)).unwrap();
    check(
        &db,
        0,
        &format!("{told} firing, and nobody is told: it is silenced by {silence}"),
    );
    suppress(&db, at(0), id, at(60)).unwrap();
    let until = "2026-03-01T12:01:00Z";
    check(
        &db,
        0,
        &format!("{told} suppressed, and nobody is told: it is put off until {until}"),
    );
    acknowledge(&db, at(0), id).unwrap();
    check(
        &db,
        0,
        &format!("{told} acknowledged, and nobody is told: it is acknowledged"),
    );
    resolve(&db, at(1), id).unwrap();
    check(
        &db,
        1,
        "last(load) is 2 > 1; the next evaluation opens an alert",
    );
}

#[test]
fn silence_is_explained_too() {
    let found = "there is no sample within the window, which";
    for (no_data, means) in [
        (
            NoData::Ignore,
            "counts as no breach; the next evaluation resolves its alert",
        ),
        (NoData::Alert, "counts as a breach; its alert is firing"),
        (
            NoData::Keep,
            "leaves everything as it is; its alert is firing",
        ),
    ] {
        let db = open();
        set_rules(
            &db,
            at(0),
            vec![with(high(), |rule| rule.no_data = no_data)],
        );
        measure(&db, at(0), "a", 2.0);
        evaluate(&db, at(0));
        check(&db, 100, &format!("{found} {means}"));
    }
    let db = open();
    set_rules(
        &db,
        at(0),
        vec![with(high(), |rule| rule.no_data = NoData::Alert)],
    );
    check(
        &db,
        0,
        &format!("{found} counts as a breach; the next evaluation opens an alert"),
    );
    evaluate(&db, at(0));
    measure(&db, at(1), "a", 0.0);
    let series = explain(&db, at(1)).series;
    assert_eq!(
        series[0].why,
        "there are samples of load again; the next evaluation resolves its alert"
    );
}

#[test]
fn other_reasons_are_named() {
    let db = open();
    set_rules(
        &db,
        at(0),
        vec![with(high(), |rule| rule.minimum_samples = 5)],
    );
    measure(&db, at(0), "a", 2.0);
    check(
        &db,
        0,
        "it has 1 samples within the window, too few to compare (minimum 5); so there is no alert",
    );
    assert_eq!(one(&db, at(0)).is_met, None);
    set_rules(&db, at(0), vec![with(high(), |rule| rule.enabled = false)]);
    check(&db, 0, "last(load) is 2 > 1; but the rule is switched off");
    assert_eq!(explain(&db, at(0)).summary, "the rule is switched off");

    let db = open();
    set_rules(
        &db,
        at(0),
        vec![with(high(), |rule| rule.no_data = NoData::Alert)],
    );
    open_manual(&db, at(0), "high", Severity::Info);
    check(
        &db,
        0,
        "there is no sample within the window, which counts as a breach; \
         but an alert of this name and these labels is active that is no rule's",
    );
    let unknown = read(&db, |tx| alerts::explain(tx, at(0), "nothing")).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

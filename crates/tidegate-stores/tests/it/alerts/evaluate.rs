//! From numbers to alerts.

use tidegate_stores::alerts::{self, NoData, Rule, Severity, State, TransitionKind};

use super::{
    acknowledge, active, evaluate, get, high, kinds, measure, only, open_manual, resolve, seconds,
    set_rules, with, write,
};
use crate::support::{TestDb, at, open};

fn db_with(rule: Rule) -> TestDb {
    let db = open();
    set_rules(&db, at(0), vec![rule]);
    db
}

#[test]
fn each_series_has_an_alert_of_its_own() {
    let db = db_with(with(high(), |rule| {
        rule.labels = super::labels([("team", "web")]);
        let summary = "{{ $labels.host }}: {{ $value }}".to_owned();
        rule.annotations.insert("summary".to_owned(), summary);
    }));
    for (host, value) in [("a", 2.0), ("b", 0.5), ("c", 3.0)] {
        measure(&db, at(0), host, value);
    }
    let done = evaluate(&db, at(0));
    assert_eq!(
        (done.rules, done.series, done.fired, done.left),
        (1, 3, 2, 0)
    );
    let mut found = active(&db);
    found.sort_by(|one, two| one.labels.cmp(&two.labels));
    assert_eq!(
        found[0].labels,
        super::labels([("host", "a"), ("team", "web")])
    );
    assert_eq!(found[1].annotations["summary"], "c: 3");
    assert_eq!(
        (found[1].value, found[1].fired_at),
        (Some(3.0), Some(at(0)))
    );
    assert_eq!(
        evaluate(&db, at(0)).fired,
        0,
        "the same again changes nothing"
    );
}

#[test]
fn a_condition_must_hold_for_as_long_as_the_rule_asks() {
    let db = db_with(with(high(), |rule| rule.hold = seconds(30)));
    measure(&db, at(0), "a", 2.0);
    assert_eq!(evaluate(&db, at(0)).pending, 1);
    assert_eq!(evaluate(&db, at(29)).fired, 0);
    let pending = only(&db);
    assert_eq!((pending.state, pending.fired_at), (State::Pending, None));
    assert_eq!(evaluate(&db, at(30)).fired, 1);
    assert_eq!(only(&db).fired_at, Some(at(30)));
    assert_eq!(
        kinds(&db, pending.id),
        [TransitionKind::Opened, TransitionKind::Fired]
    );
}

#[test]
fn what_ceases_before_it_fires_is_over() {
    let db = db_with(with(high(), |rule| rule.hold = seconds(30)));
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    let id = only(&db).id;
    measure(&db, at(10), "a", 0.0);
    assert_eq!(evaluate(&db, at(10)).resolved, 1);
    let over = get(&db, id);
    assert_eq!(
        (over.state, over.fired_at, over.resolved_at),
        (State::Resolved, None, Some(at(10)))
    );
    measure(&db, at(20), "a", 2.0);
    evaluate(&db, at(20));
    assert_ne!(only(&db).id, id, "a new breach opens a new one");
}

#[test]
fn an_alert_is_kept_firing_for_a_while() {
    let db = db_with(with(high(), |rule| rule.keep_firing_for = seconds(40)));
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    measure(&db, at(10), "a", 0.0);
    evaluate(&db, at(10));
    assert_eq!(
        (only(&db).state, only(&db).false_since),
        (State::Firing, Some(at(10)))
    );
    measure(&db, at(30), "a", 2.0);
    evaluate(&db, at(30));
    assert_eq!((only(&db).occurrences, only(&db).false_since), (2, None));
    measure(&db, at(40), "a", 0.0);
    evaluate(&db, at(40));
    assert_eq!(evaluate(&db, at(79)).resolved, 0);
    assert_eq!(evaluate(&db, at(80)).resolved, 1);
}

#[test]
fn a_cooldown_holds_the_next_alert_back() {
    let db = db_with(with(high(), |rule| rule.cooldown = seconds(50)));
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    resolve(&db, at(10), only(&db).id).unwrap();
    assert_eq!(evaluate(&db, at(59)).fired, 0);
    assert_eq!(
        evaluate(&db, at(5)).fired,
        1,
        "a clock that goes back waits for nothing"
    );
    resolve(&db, at(10), only(&db).id).unwrap();
    measure(&db, at(60), "a", 2.0);
    assert_eq!(evaluate(&db, at(60)).fired, 1);
}

#[test]
fn too_few_samples_open_and_end_nothing() {
    let db = db_with(with(high(), |rule| rule.minimum_samples = 2));
    measure(&db, at(0), "a", 2.0);
    assert_eq!(evaluate(&db, at(0)).fired, 0);
    measure(&db, at(1), "a", 2.0);
    assert_eq!(evaluate(&db, at(1)).fired, 1);
    let later = evaluate(&db, at(60));
    assert_eq!(
        (later.fired, later.resolved),
        (0, 0),
        "one sample is left in the window"
    );
    assert_eq!(evaluate(&db, at(61)).resolved, 1, "none is");
}

#[test]
fn silence_means_what_the_rule_says() {
    for (no_data, resolved) in [(NoData::Ignore, 1), (NoData::Keep, 0), (NoData::Alert, 0)] {
        let db = db_with(with(high(), |rule| rule.no_data = no_data));
        measure(&db, at(0), "a", 2.0);
        evaluate(&db, at(0));
        assert_eq!(evaluate(&db, at(600)).resolved, resolved, "{no_data}");
    }
    for (no_data, fired) in [(NoData::Ignore, 0), (NoData::Keep, 0), (NoData::Alert, 1)] {
        let db = db_with(with(high(), |rule| rule.no_data = no_data));
        assert_eq!(evaluate(&db, at(0)).fired, fired, "{no_data}");
        measure(&db, at(1), "a", 0.0);
        assert_eq!(evaluate(&db, at(1)).resolved, fired, "{no_data}");
    }
}

#[test]
fn series_that_differ_in_their_severity_are_one() {
    use tidegate_stores::metrics::{self, Sample, Series};
    let db = db_with(high());
    for (severity, value) in [("high", 0.0), ("low", 2.0), ("other", 0.0)] {
        let labels = super::labels([("host", "a"), ("severity", severity)]);
        let sample = Sample::new(Series::new("load", labels).unwrap(), value, at(0));
        write(&db, move |tx| metrics::record_many(tx, at(0), &[sample])).unwrap();
    }
    assert_eq!(evaluate(&db, at(0)).fired, 1);
    assert_eq!(only(&db).labels, super::labels([("host", "a")]));
    assert_eq!(evaluate(&db, at(1)).resolved, 0);
}

#[test]
fn an_alert_that_is_no_rules_is_left_alone() {
    let db = db_with(with(high(), |rule| rule.no_data = NoData::Alert));
    let id = open_manual(&db, at(0), "high", Severity::Info);
    let done = evaluate(&db, at(0));
    assert_eq!((done.fired, only(&db).id), (0, id));
}

#[test]
fn a_plan_is_done_only_where_nothing_has_changed() {
    let db = db_with(high());
    for host in ["a", "b", "c"] {
        measure(&db, at(0), host, 2.0);
    }
    evaluate(&db, at(0));
    for host in ["a", "b", "c", "d"] {
        measure(
            &db,
            at(1),
            host,
            2.0 - f64::from(u8::from(host < "d")) * 2.0,
        );
    }
    let mut plan = super::read(&db, |tx| alerts::plan(tx, at(1))).unwrap();
    assert_eq!((plan.changes(), plan.rules(), plan.series()), (4, 1, 4));
    let touched = active(&db)[0].id;
    acknowledge(&db, at(1), touched).unwrap();
    evaluate(&db, at(1));
    let (done, plan) = write(&db, move |tx| {
        let done = alerts::apply(tx, &mut plan, 3)?;
        Ok((done, plan))
    })
    .unwrap();
    assert_eq!((done.skipped, done.left, plan.changes()), (3, 1, 1));

    set_rules(&db, at(2), vec![with(high(), |rule| rule.threshold = 5.0)]);
    let mut plan = plan;
    let done = write(&db, move |tx| alerts::apply(tx, &mut plan, 3)).unwrap();
    assert_eq!((done.skipped, done.left), (1, 0));
}

#[test]
fn a_fingerprint_that_flaps_is_held_back() {
    let db = db_with(high());
    let flap = |second: i64| {
        measure(&db, at(second), "a", 2.0);
        let fired = evaluate(&db, at(second));
        measure(&db, at(second + 1), "a", 0.0);
        evaluate(&db, at(second + 1));
        (fired.fired, fired.dropped)
    };
    for n in 0..20 {
        assert_eq!(flap(n * 2), (1, 0), "{n}");
    }
    assert_eq!(flap(40), (0, 1));
    assert_eq!(super::read(&db, alerts::dropped).unwrap(), 1);
    assert_eq!(flap(301), (1, 0), "the first ones are long ago");
}

//! What happens by itself, over restarts.

use tidegate_stores::alerts::{self, Escalation, Severity, State, TransitionKind};

use super::{
    acknowledge, escalate, evaluate, get, high, kinds, measure, only, open_manual, seconds,
    set_rules, state, story, suppress, with, write,
};
use crate::support::{TestDb, at, open};

/// An alert since second 0 that escalates after 60 and 120 seconds.
fn escalating() -> TestDb {
    let db = open();
    let step = |after, severity, target: &str| Escalation {
        after: seconds(after),
        severity: Some(severity),
        targets: vec!["chat".to_owned(), target.to_owned()],
    };
    let steps = vec![
        step(60, Severity::Critical, "mail"),
        step(120, Severity::Emergency, "pager"),
    ];
    set_rules(
        &db,
        at(0),
        vec![with(high(), |rule| rule.escalation = steps)],
    );
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    db
}

#[test]
fn an_unacknowledged_alert_escalates_over_restarts() {
    let db = escalating();
    escalate(&db, at(59), 10);
    assert_eq!(
        (only(&db).escalated, only(&db).escalates_at),
        (0, Some(at(60)))
    );
    let db = db.reopened();
    escalate(&db, at(60), 10);
    escalate(&db, at(61), 10);
    let alert = only(&db);
    assert_eq!((alert.severity, alert.escalated), (Severity::Critical, 1));
    assert_eq!(alert.further_targets, ["chat", "mail"]);
    let db = db.reopened();
    escalate(&db, at(121), 10);
    assert_eq!(only(&db).further_targets, ["chat", "mail", "pager"]);
    escalate(&db, at(10_000), 10);
    assert_eq!(
        (only(&db).severity, only(&db).escalates_at),
        (Severity::Emergency, None)
    );
    let told = story(&db, only(&db).id).transitions;
    assert_eq!(told.len(), 3);
    assert_eq!(told[2].why, "nobody acknowledged it: step 2 of 2");
}

#[test]
fn what_was_missed_is_done_once() {
    let db = escalating().reopened();
    escalate(&db, at(5_000), 10);
    escalate(&db, at(5_000), 10);
    let alert = only(&db);
    assert_eq!((alert.severity, alert.escalated), (Severity::Emergency, 2));
    assert_eq!(
        kinds(&db, alert.id),
        [TransitionKind::Opened, TransitionKind::Escalated]
    );
}

#[test]
fn acknowledging_stops_it_and_suppressing_does_not() {
    let db = escalating();
    let id = only(&db).id;
    suppress(&db, at(1), id, at(300)).unwrap();
    escalate(&db, at(60), 10);
    let alert = get(&db, id);
    assert_eq!(
        (alert.state, alert.severity),
        (State::Suppressed, Severity::Critical)
    );
    assert!(alert.is_muted);
    acknowledge(&db, at(61), id).unwrap();
    escalate(&db, at(500), 10);
    let alert = get(&db, id);
    assert_eq!(
        (alert.state, alert.severity),
        (State::Acknowledged, Severity::Critical)
    );
    assert_eq!(alert.escalates_at, None);
}

#[test]
fn a_suppressed_alert_returns_over_a_restart() {
    let db = open();
    let id = open_manual(&db, at(0), "x", Severity::Warning);
    suppress(&db, at(1), id, at(100)).unwrap();
    let db = db.reopened();
    escalate(&db, at(99), 10);
    assert_eq!(state(&db, id), State::Suppressed);
    escalate(&db, at(100), 10);
    let alert = get(&db, id);
    assert_eq!((alert.state, alert.is_muted), (State::Firing, false));
    let kinds = kinds(&db, id);
    assert_eq!(kinds[2], TransitionKind::Returned);
    suppress(&db, at(101), id, at(200)).unwrap();
    assert_eq!(state(&db, id), State::Suppressed);
}

#[test]
fn returning_and_escalating_can_be_due_together() {
    let db = escalating();
    let id = only(&db).id;
    suppress(&db, at(1), id, at(50)).unwrap();
    escalate(&db, at(70), 10);
    assert_eq!(get(&db, id).severity, Severity::Critical);
    assert_eq!(
        kinds(&db, id)[2..],
        [TransitionKind::Returned, TransitionKind::Escalated]
    );
    acknowledge(&db, at(71), id).unwrap();
}

#[test]
fn many_are_done_in_pieces() {
    let db = open();
    for n in 0..25 {
        let id = open_manual(&db, at(0), &format!("x{n}"), Severity::Warning);
        suppress(&db, at(0), id, at(10)).unwrap();
    }
    let step = || write(&db, |tx| alerts::escalate_step(tx, at(10), 10)).unwrap();
    let steps: Vec<(u64, bool)> = (0..3)
        .map(|_| step())
        .map(|done| (done.rows, done.more))
        .collect();
    assert_eq!(steps, [(10, true), (10, true), (5, false)]);
    assert!(
        super::active(&db)
            .iter()
            .all(|alert| alert.state == State::Firing)
    );
}

#[test]
fn a_clock_that_was_ahead_delays_nothing_for_good() {
    let db = open();
    let step = Escalation {
        after: seconds(60),
        severity: Some(Severity::Critical),
        targets: Vec::new(),
    };
    set_rules(
        &db,
        at(0),
        vec![with(high(), |rule| rule.escalation = vec![step])],
    );
    let ahead = 1_000_000;
    measure(&db, at(ahead), "a", 2.0);
    evaluate(&db, at(ahead));
    escalate(&db, at(0), 10);
    assert_eq!(only(&db).fired_at, Some(at(0)));
    escalate(&db, at(60), 10);
    assert_eq!(only(&db).severity, Severity::Critical);
}

//! The moves of the machine as a table.

use std::time::Duration;

use super::{Active, Condition, Move, next_move};
use crate::alerts::comparison::Comparison;
use crate::alerts::rule::Rule;
use crate::alerts::state::State;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

use Condition::{Met, NotMet, Unknown};
use State::{Acknowledged, Firing, Pending, Suppressed};

fn second(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000).unwrap()
}

/// A rule that waits 10 seconds and keeps firing for 20.
fn slow() -> Rule {
    let mut rule = quick();
    rule.hold = Duration::from_secs(10);
    rule.keep_firing_for = Duration::from_secs(20);
    rule
}

fn quick() -> Rule {
    Rule::new("r", "m", Comparison::Above, 1.0, Severity::Warning)
}

/// An alert since second 100 of the rule's first revision.
fn active(state: State, false_since: Option<i64>) -> Active {
    Active {
        id: Id::new(second(100)),
        fingerprint: Fingerprint::of("r", &Labels::empty()),
        rule: Some("r".to_owned()),
        rule_revision: 1,
        state,
        opened_at: second(100),
        false_since: false_since.map(second),
        version: 0,
    }
}

fn check(
    rule: &Rule,
    now: i64,
    active: Option<&Active>,
    condition: Condition,
    expected: Option<Move>,
) {
    let found = next_move(rule, 1, second(now), active, condition, false);
    assert_eq!(found, expected, "{now} {active:?} {condition:?}");
}

#[test]
fn without_an_alert_only_a_breach_counts() {
    check(&quick(), 100, None, Met, Some(Move::Open(Firing)));
    check(&slow(), 100, None, Met, Some(Move::Open(Pending)));
    check(&quick(), 100, None, NotMet, None);
    check(&quick(), 100, None, Unknown, None);
    assert_eq!(next_move(&quick(), 1, second(100), None, Met, true), None);
}

#[test]
fn a_pending_alert_waits_fires_or_ends() {
    let pending = active(Pending, None);
    check(&slow(), 109, Some(&pending), Met, None);
    check(&slow(), 110, Some(&pending), Met, Some(Move::Fire));
    check(&slow(), 99, Some(&pending), Met, Some(Move::WaitAnew));
    check(&slow(), 109, Some(&pending), NotMet, Some(Move::Resolve));
    check(&slow(), 500, Some(&pending), Unknown, None);
    check(&quick(), 100, Some(&pending), Met, Some(Move::Fire));
}

#[test]
fn what_fires_is_kept_for_a_while() {
    for state in [Firing, Acknowledged, Suppressed] {
        let (sure, doubted) = (active(state, None), active(state, Some(100)));
        check(&slow(), 100, Some(&sure), Met, None);
        check(&slow(), 100, Some(&sure), NotMet, Some(Move::Doubt));
        check(&quick(), 100, Some(&sure), NotMet, Some(Move::Resolve));
        check(&slow(), 119, Some(&doubted), NotMet, None);
        check(&slow(), 120, Some(&doubted), NotMet, Some(Move::Resolve));
        check(&slow(), 99, Some(&doubted), NotMet, Some(Move::Doubt));
        check(&slow(), 119, Some(&doubted), Met, Some(Move::Recur));
        check(&slow(), 500, Some(&doubted), Unknown, None);
    }
}

#[test]
fn a_changed_rule_reaches_its_alerts_unless_they_move_anyway() {
    let alert = active(Firing, None);
    let moved = |condition| next_move(&slow(), 2, second(100), Some(&alert), condition, false);
    assert_eq!(moved(Met), Some(Move::Refresh));
    assert_eq!(moved(Unknown), Some(Move::Refresh));
    assert_eq!(moved(NotMet), Some(Move::Doubt));
}

//! What the model and the database both know of an alert.

use tidegate_stores::Timestamp;
use tidegate_stores::alerts::{Alert, Origin, Severity, State};

use crate::support::at;

/// The name and labels of an alert: the rule's or one of another name, of one of two hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) of_rule: bool,
    pub(super) host: usize,
}

impl Key {
    pub(super) fn name(self) -> &'static str {
        if self.of_rule { "high" } else { "manual" }
    }

    pub(super) fn of(alert: &Alert) -> Self {
        Self {
            of_rule: alert.name == "high",
            host: alert.labels.get("host").unwrap().parse().unwrap(),
        }
    }
}

/// What the model knows of an active alert, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Known {
    pub(super) state: State,
    pub(super) severity: Severity,
    pub(super) by_rule: bool,
    pub(super) occurrences: u64,
    pub(super) opened: i64,
    pub(super) fired: Option<i64>,
    pub(super) seen: i64,
    pub(super) false_since: Option<i64>,
    pub(super) until: Option<i64>,
    pub(super) escalated: usize,
}

impl Known {
    pub(super) fn of(alert: &Alert) -> Self {
        let second = |time: Timestamp| (time.as_micros() - at(0).as_micros()) / 1_000_000;
        Self {
            state: alert.state,
            severity: alert.severity,
            by_rule: alert.origin == Origin::Rule,
            occurrences: alert.occurrences,
            opened: second(alert.opened_at),
            fired: alert.fired_at.map(second),
            seen: second(alert.seen_at),
            false_since: alert.false_since.map(second),
            until: alert.suppressed_until.map(second),
            escalated: alert.escalated,
        }
    }

    pub(super) fn new(state: State, severity: Severity, by_rule: bool, now: i64) -> Self {
        Self {
            state,
            severity,
            by_rule,
            occurrences: 1,
            opened: now,
            fired: (state == State::Firing).then_some(now),
            seen: now,
            false_since: None,
            until: None,
            escalated: 0,
        }
    }
}

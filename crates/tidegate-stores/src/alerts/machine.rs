//! What becomes of one alert of a rule: the state machine, without a database.

#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::no_data::NoData;
use super::observe::Outcome;
use super::rule::Rule;
use super::state::State;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// What is looked at of an alert that is active.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Active {
    pub(super) id: Id,
    pub(super) fingerprint: Fingerprint,
    /// `None` for one that no rule opened.
    pub(super) rule: Option<String>,
    pub(super) rule_revision: u64,
    pub(super) state: State,
    pub(super) opened_at: Timestamp,
    pub(super) false_since: Option<Timestamp>,
    pub(super) version: u64,
}

/// What a rule finds of its condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// It holds.
    Met,
    /// It does not.
    NotMet,
    /// Nobody knows.
    Unknown,
}

impl Condition {
    pub(super) fn of(outcome: Outcome, no_data: NoData) -> Self {
        match (outcome, no_data) {
            (Outcome::Met, _) | (Outcome::NoData, NoData::Alert) => Self::Met,
            (Outcome::NotMet, _) | (Outcome::NoData, NoData::Ignore) => Self::NotMet,
            (Outcome::TooFew, _) | (Outcome::NoData, NoData::Keep) => Self::Unknown,
        }
    }
}

/// One move of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// A new alert, pending or firing.
    Open(State),
    /// It was pending for as long as the rule asks.
    Fire,
    /// It is pending since now, for the clock was set back.
    WaitAnew,
    /// The condition has ceased to hold; it is kept firing for a while.
    Doubt,
    /// It holds again.
    Recur,
    /// The rule has changed.
    Refresh,
    /// It is over.
    Resolve,
}

/// The next move of a rule's alert, if there is one. `is_cooling` says that none may be opened yet.
pub(super) fn next_move(
    rule: &Rule,
    revision: u64,
    now: Timestamp,
    active: Option<&Active>,
    condition: Condition,
    is_cooling: bool,
) -> Option<Move> {
    let found = match (active, condition) {
        (None, Condition::Met) if !is_cooling => Some(Move::Open(first_state(rule))),
        (None, _) | (Some(_), Condition::Unknown) => None,
        (Some(alert), Condition::Met) => on_met(rule, now, alert),
        (Some(alert), Condition::NotMet) => on_not_met(rule, now, alert),
    };
    let is_outdated = active.is_some_and(|alert| alert.rule_revision != revision);
    found.or(is_outdated.then_some(Move::Refresh))
}

fn first_state(rule: &Rule) -> State {
    match rule.hold.is_zero() {
        true => State::Firing,
        false => State::Pending,
    }
}

fn on_met(rule: &Rule, now: Timestamp, alert: &Active) -> Option<Move> {
    match alert.state {
        State::Pending if alert.opened_at > now => Some(Move::WaitAnew),
        State::Pending => {
            let held = now.saturating_since(alert.opened_at);
            (held >= rule.hold).then_some(Move::Fire)
        }
        _ => alert.false_since.map(|_| Move::Recur),
    }
}

fn on_not_met(rule: &Rule, now: Timestamp, alert: &Active) -> Option<Move> {
    if alert.state == State::Pending || rule.keep_firing_for.is_zero() {
        return Some(Move::Resolve);
    }
    match alert.false_since {
        // The clock was set back: it begins anew.
        Some(since) if since > now => Some(Move::Doubt),
        Some(since) => {
            let is_over = now.saturating_since(since) >= rule.keep_firing_for;
            is_over.then_some(Move::Resolve)
        }
        None => Some(Move::Doubt),
    }
}

//! The reason in words.

use std::time::Duration;

use super::Explained;
use crate::alerts::no_data::NoData;
use crate::alerts::observe::Outcome;
use crate::alerts::record::Record;
use crate::alerts::rule::Rule;
use crate::alerts::state::State;
use crate::alerts::words::{breach, no_breach};

/// All series in a few words.
pub(super) fn all(rule: &Rule, series: &[Explained]) -> String {
    let count =
        |is_meant: &dyn Fn(&Explained) -> bool| series.iter().filter(|one| is_meant(one)).count();
    let fires = count(&|one| {
        one.alert
            .as_ref()
            .is_some_and(|alert| alert.fired_at.is_some())
    });
    let pending = count(&|one| one.fires_in.is_some());
    match series.len() {
        _ if !rule.enabled => "the rule is switched off".to_owned(),
        0 => format!(
            "no series of {} has a sample within the window",
            rule.metric
        ),
        all => format!("of {all} series, {fires} fire and {pending} are pending"),
    }
}

/// One series, with what was found of it.
pub(super) fn one(
    rule: &Rule,
    outcome: Outcome,
    record: Option<&Record>,
    explained: &Explained,
) -> String {
    let found = found(rule, outcome, explained);
    if !rule.enabled {
        return format!("{found}; but the rule is switched off");
    }
    match record {
        Some(record) if record.rule.is_none() => {
            format!(
                "{found}; but an alert of this name and these labels is active that is no rule's"
            )
        }
        Some(record) => format!("{found}; {}", with_alert(record, explained)),
        None => format!("{found}; {}", without_alert(rule, explained)),
    }
}

fn found(rule: &Rule, outcome: Outcome, explained: &Explained) -> String {
    match (outcome, explained.value) {
        (Outcome::Met, value) => breach(rule, value),
        (Outcome::NotMet, Some(value)) => no_breach(rule, value),
        (Outcome::NotMet, None) => format!("there are samples of {} again", rule.metric),
        (Outcome::TooFew, _) => format!(
            "it has {} samples within the window, too few to compare (minimum {})",
            explained.samples, rule.minimum_samples
        ),
        (Outcome::NoData, _) => {
            let means = match rule.no_data {
                NoData::Ignore => "counts as no breach",
                NoData::Alert => "counts as a breach",
                NoData::Keep => "leaves everything as it is",
            };
            format!("there is no sample within the window, which {means}")
        }
    }
}

fn without_alert(rule: &Rule, explained: &Explained) -> String {
    match (explained.is_met, explained.cooldown_until) {
        (Some(true), Some(until)) => format!("but it cools down until {until}"),
        (Some(true), None) if rule.hold.is_zero() => {
            "the next evaluation opens an alert".to_owned()
        }
        (Some(true), None) => {
            format!(
                "the next evaluation opens an alert, which fires after {}",
                text(rule.hold)
            )
        }
        _ => "so there is no alert".to_owned(),
    }
}

fn with_alert(record: &Record, explained: &Explained) -> String {
    if record.fired_at.is_none() {
        return pending(record, explained);
    }
    let mut said = match explained.resolves_in {
        None => format!("its alert is {}", record.state),
        Some(left) if left.is_zero() => "the next evaluation resolves its alert".to_owned(),
        Some(left) => format!("its alert is kept firing for {}", text(left)),
    };
    if let Some(muted) = muted(record) {
        said.push_str(", and nobody is told: ");
        said.push_str(&muted);
    }
    said
}

fn pending(record: &Record, explained: &Explained) -> String {
    match (explained.is_met, explained.fires_in) {
        (Some(true), Some(left)) if left.is_zero() => {
            "the next evaluation lets its alert fire".to_owned()
        }
        (Some(true), Some(left)) => {
            format!(
                "pending since {}, it fires after {}",
                record.opened_at,
                text(left)
            )
        }
        (Some(false), _) => "the next evaluation ends its pending alert".to_owned(),
        _ => "its alert stays pending".to_owned(),
    }
}

fn muted(record: &Record) -> Option<String> {
    let (state, until) = (record.state, record.suppressed_until);
    match (state, until) {
        (State::Acknowledged, _) => Some("it is acknowledged".to_owned()),
        (State::Suppressed, Some(until)) => Some(format!("it is put off until {until}")),
        _ if !record.silenced_by.is_empty() => {
            let ids: Vec<String> = record.silenced_by.iter().map(ToString::to_string).collect();
            Some(format!("it is silenced by {}", ids.join(", ")))
        }
        _ => record
            .inhibited_by
            .map(|id| format!("the alert {id} inhibits it")),
    }
}

/// A length of time in whole seconds, the rest counted as one.
fn text(duration: Duration) -> String {
    let rest = u64::from(duration.subsec_nanos() > 0);
    humantime::format_duration(Duration::from_secs(duration.as_secs() + rest)).to_string()
}

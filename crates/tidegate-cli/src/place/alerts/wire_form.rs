//! Alerts as JSON of the API.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tidegate::ReadTx;
use tidegate_stores::alerts::{
    self, Alert, Explained, Explanation, Origin, State, Story, Summary, Transition, TransitionKind,
};
use tidegate_stores::{Result, Timestamp};

use crate::place::{rules, wire};

/// The annotation that holds the message of a manual alert.
const MESSAGE: &str = "message";

/// One alert. Who acknowledged it, and the fingerprint of what inhibits it, are looked up.
pub(super) fn alert(tx: &mut ReadTx<'_>, alert: &Alert) -> Result<Json> {
    let by_rule = (alert.origin == Origin::Rule).then_some(&alert.name);
    Ok(json!({
        "id": alert.id.to_string(),
        "fingerprint": alert.fingerprint.to_string(),
        "name": alert.name,
        "rule": by_rule,
        "source": source(alert.origin),
        "state": alert.state.as_str(),
        "severity": alert.severity.as_str(),
        "labels": wire::labels(&alert.labels),
        "annotations": alert.annotations,
        "message": alert.annotations.get(MESSAGE),
        "details": alert.details.as_ref().map(wire::document),
        "value": alert.value,
        "occurrences": alert.occurrences,
        "starts_at": wire::moment(alert.opened_at),
        "fired_at": alert.fired_at.map(wire::moment),
        "resolved_at": alert.resolved_at.map(wire::moment),
        "updated_at": wire::moment(alert.changed_at),
        "suppressed_until": alert.suppressed_until.map(wire::moment),
        "acknowledged_by": acknowledged_by(tx, alert)?,
        "muted_by": muted_by(tx, alert)?,
        "escalation_step": alert.escalated,
    }))
}

pub(super) fn summary(found: &Summary) -> Json {
    let by_severity = found.by_severity.iter();
    let by_severity: Map<String, Json> = by_severity
        .map(|(severity, count)| (severity.to_string(), (*count).into()))
        .collect();
    let by_state = found.by_state.iter();
    let by_state: Map<String, Json> = by_state
        .map(|(state, count)| (state.to_string(), (*count).into()))
        .collect();
    let mut hours: BTreeMap<Timestamp, u64> = BTreeMap::new();
    for hour in &found.by_hour {
        *hours.entry(hour.hour).or_default() += hour.count;
    }
    let hours = hours.into_iter();
    let per_hour: Vec<Json> = hours
        .map(|(at, count)| json!({ "at": wire::moment(at), "count": count }))
        .collect();
    json!({
        "by_severity": by_severity,
        "by_state": by_state,
        "per_hour": per_hour,
        "dropped": found.dropped,
    })
}

pub(super) fn story(tx: &mut ReadTx<'_>, found: &Story, notifications: Vec<Json>) -> Result<Json> {
    let transitions = found.transitions.iter().map(transition);
    Ok(json!({
        "alert": alert(tx, &found.alert)?,
        "transitions": transitions.collect::<Vec<_>>(),
        "notifications": notifications,
    }))
}

pub(super) fn explanation(tx: &mut ReadTx<'_>, found: &Explanation) -> Result<Json> {
    let fires = |one: &Explained| {
        one.alert
            .as_ref()
            .is_some_and(|alert| alert.fired_at.is_some())
    };
    let series = found.series.iter().map(|one| explained(tx, one));
    Ok(json!({
        "rule": rules::rule(&found.rule),
        "fires": found.series.iter().any(fires),
        "reason": found.summary,
        "series": series.collect::<Result<Vec<_>>>()?,
    }))
}

fn explained(tx: &mut ReadTx<'_>, one: &Explained) -> Result<Json> {
    let muted_by = match &one.alert {
        Some(alert) => muted_by(tx, alert)?,
        None => Vec::new(),
    };
    let alert = one.alert.as_ref();
    Ok(json!({
        "labels": wire::labels(&one.labels),
        "value": one.value,
        "samples": one.samples,
        "holds": one.is_met,
        "since": alert.map(|alert| wire::moment(alert.opened_at)),
        "for_left": one.fires_in.map(whole_seconds),
        "state": alert.map(|alert| alert.state.as_str()),
        "muted_by": muted_by,
        "cooldown_until": one.cooldown_until.map(wire::moment),
        "reason": one.why,
    }))
}

fn transition(one: &Transition) -> Json {
    json!({
        "seq": one.seq,
        "at": wire::moment(one.at),
        "kind": one.kind.as_str(),
        "from": one.from_state.map(State::as_str),
        "to": one.to_state.as_str(),
        "by": one.who,
        "reason": one.why,
        "severity": one.severity.as_str(),
    })
}

fn source(origin: Origin) -> &'static str {
    match origin {
        Origin::Rule => "rule",
        Origin::Manual => "manual",
        Origin::Pushed => "ingest",
    }
}

fn acknowledged_by(tx: &mut ReadTx<'_>, alert: &Alert) -> Result<Option<String>> {
    if alert.state != State::Acknowledged {
        return Ok(None);
    }
    let transitions = alerts::story(tx, alert.id)?.transitions.into_iter();
    let last = transitions
        .rev()
        .find(|one| one.kind == TransitionKind::Acknowledged);
    Ok(last.and_then(|one| one.who))
}

fn muted_by(tx: &mut ReadTx<'_>, alert: &Alert) -> Result<Vec<String>> {
    let silences = alert.silenced_by.iter();
    let mut reasons: Vec<String> = silences.map(|id| format!("silence:{id}")).collect();
    if let Some(id) = alert.inhibited_by {
        let fingerprint = alerts::get(tx, id)?.fingerprint;
        reasons.push(format!("inhibited:{fingerprint}"));
    }
    Ok(reasons)
}

/// What is less than a second counts as one: it is not over yet.
fn whole_seconds(duration: Duration) -> String {
    let rest = u64::from(duration.subsec_nanos() > 0);
    humantime::format_duration(Duration::from_secs(duration.as_secs() + rest)).to_string()
}

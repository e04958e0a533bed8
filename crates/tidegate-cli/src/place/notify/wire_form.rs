//! Notifications and targets as JSON of the API.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::ReadTx;
use tidegate_stores::Result;
use tidegate_stores::notify::{self, Entry, Message, MessageState};

use crate::place::wire;

/// What sort each target is of.
pub(super) type Kinds = HashMap<String, &'static str>;

pub(super) fn kinds(tx: &mut ReadTx<'_>) -> Result<Kinds> {
    let targets = notify::targets(tx)?.into_iter();
    Ok(targets
        .map(|target| (target.name, target.kind.as_str()))
        .collect())
}

pub(super) fn shown(tx: &mut ReadTx<'_>, kinds: &Kinds, message: &Message) -> Result<Json> {
    let entries = notify::attempts(tx, message.id)?;
    let attempts: Vec<Json> = entries.iter().map(attempt).collect();
    let sent = message.state == MessageState::Sent;
    let sent_at = message.closed_at.filter(|_| sent);
    Ok(json!({
        "id": message.id.to_string(),
        "target": message.target,
        "kind": kinds.get(&message.target),
        "state": state(message.state),
        "reason": message.reason.map(|reason| reason.as_str()),
        "group_key": message.group_key.to_string(),
        "created_at": wire::moment(message.created_at),
        "due_at": wire::moment(message.due),
        "sent_at": sent_at.map(wire::moment),
        "attempts": attempts,
        "summary": summary(message),
        "note": message.note,
    }))
}

fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Failed => "given_up",
        other => other.as_str(),
    }
}

fn summary(message: &Message) -> String {
    let (firing, resolved) = (message.firing, message.resolved);
    let labels = match message.group_labels.is_empty() {
        true => String::new(),
        false => format!(" {}", message.group_labels),
    };
    format!("{firing} firing, {resolved} resolved{labels}")
}

fn attempt(entry: &Entry) -> Json {
    json!({
        "number": entry.attempt,
        "at": wire::moment(entry.at),
        "latency_ms": entry.latency.map(|latency| latency.as_secs_f64() * 1e3),
        "outcome": entry.state.as_str(),
        "error": entry.error,
        "next_try_at": entry.next_try.map(wire::moment),
    })
}

pub(super) fn target(target: &notify::Target, figures: &notify::TargetStatistics) -> Json {
    let millis = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e3);
    json!({
        "name": target.name,
        "kind": target.kind.as_str(),
        "min_severity": target.severity_min.as_str(),
        "enabled": target.is_enabled,
        "statistics": {
            "sent": figures.sent,
            "failed": figures.failed,
            "waiting": figures.waiting,
            "oldest_waiting_s": figures.oldest_waiting.map(|time| time.as_secs_f64()),
            "p50_ms": millis(figures.latency_p50),
            "p95_ms": millis(figures.latency_p95),
        },
    })
}

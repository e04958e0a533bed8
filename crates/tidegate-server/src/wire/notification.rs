//! A notification as it goes over the wire: a message with its attempts.

use super::labels::labels_of;
use super::time::WireTime;
use serde::Serialize;
use tidegate::ReadTx;
use tidegate_stores::notify::{self, Entry, Message, MessageFilter, MessageState, Reason};
use tidegate_stores::{Fingerprint, Id, Result, Timestamp};
use utoipa::ToSchema;

/// How many of the alerts that it names a notification lists.
const ALERTS_MAX: usize = 100;

/// A message to one target.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireNotification {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// The number of the latest change of its attempts, which the live topic goes by; 0 before the first attempt.
    seq: u64,
    /// Where it goes.
    target: String,
    /// What sort of place that is: `log`, `file`, `console`, `email`, `webhook` or `slack`; null if the target is gone.
    kind: Option<&'static str>,
    /// `waiting`; `sending`; `sent`; `failed`: it is tried again; `given_up`; `cancelled`.
    state: &'static str,
    /// Why it is sent: `new`, `changed`, `repeat`, `resolved`, `escalation` or `test`; null before it is composed, which
    /// happens when it is due.
    reason: Option<&'static str>,
    /// The group of alerts that it tells of.
    group_key: String,
    /// The labels that the alerts of its group have in common.
    group_labels: serde_json::Map<String, serde_json::Value>,
    /// The route that has led there; null for an escalation or a test.
    route: Option<String>,
    /// The fingerprints of the alerts that it names, a hundred at most.
    alerts: Vec<String>,
    /// Of how many alerts it tells that they fire.
    firing: u64,
    /// Of how many alerts it tells that they are over.
    resolved: u64,
    /// When there was a reason for it.
    #[schema(value_type = String, format = DateTime)]
    created_at: WireTime,
    /// When it is due; while it is being sent, when that counts as lost.
    #[schema(value_type = String, format = DateTime)]
    due_at: WireTime,
    /// When it was acknowledged.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<WireTime>,
    /// When nothing more will come of it.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<WireTime>,
    /// The attempts, the first one first.
    attempts: Vec<Attempt>,
    /// Why it was cancelled or given up.
    note: Option<String>,
    /// What it is about, in a few words.
    summary: String,
}

/// An attempt to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
struct Attempt {
    /// Counted from 1; 0 if the message was cancelled untried.
    number: u32,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: WireTime,
    /// How long it took.
    latency_ms: Option<f64>,
    /// `pending`, `sent`, `failed` or `cancelled`.
    outcome: &'static str,
    /// Why it failed or was cancelled.
    error: Option<String>,
    /// When the message is tried again.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_try_at: Option<WireTime>,
}

impl WireNotification {
    /// A message with its attempts and alerts.
    pub(crate) fn load(tx: &mut ReadTx<'_>, message: Message) -> Result<Self> {
        let attempts = notify::attempts(tx, message.id)?;
        let alerts = notify::named_alerts(tx, message.id, ALERTS_MAX)?;
        let kind = notify::target(tx, &message.target);
        let is_sent = message.state == MessageState::Sent;
        Ok(Self {
            seq: attempts.iter().map(|entry| entry.seq).max().unwrap_or(0),
            // A target may be gone; what was sent to it is still told.
            kind: kind.ok().map(|target| target.kind.as_str()),
            state: state(&message),
            summary: summary(&message),
            sent_at: message.closed_at.filter(|_| is_sent).map(WireTime),
            id: message.id,
            target: message.target,
            reason: message.reason.map(Reason::as_str),
            group_key: message.group_key.to_string(),
            group_labels: labels_of(&message.group_labels),
            route: message.route,
            alerts: alerts.iter().map(ToString::to_string).collect(),
            firing: message.firing,
            resolved: message.resolved,
            created_at: message.created_at.into(),
            due_at: message.due.into(),
            closed_at: message.closed_at.map(WireTime),
            attempts: attempts.into_iter().map(Attempt::from).collect(),
            note: message.note,
        })
    }

    /// The messages that have named an alert since a moment, `limit` at most.
    pub(crate) fn about(
        tx: &mut ReadTx<'_>,
        alert: Fingerprint,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Self>> {
        let mut filter = MessageFilter::default();
        (filter.fingerprint, filter.since) = (Some(alert), Some(since));
        let page = notify::messages(tx, &filter, None, limit)?;
        let items = page.items.into_iter();
        items.map(|message| Self::load(tx, message)).collect()
    }
}

impl From<Entry> for Attempt {
    fn from(entry: Entry) -> Self {
        Self {
            number: entry.attempt,
            at: entry.at.into(),
            latency_ms: entry.latency.map(|latency| latency.as_secs_f64() * 1_000.0),
            outcome: entry.state.as_str(),
            error: entry.error,
            next_try_at: entry.next_try.map(WireTime),
        }
    }
}

fn state(message: &Message) -> &'static str {
    match message.state {
        MessageState::Waiting if message.attempts > 0 => "failed",
        MessageState::Failed => "given_up",
        other => other.as_str(),
    }
}

fn summary(message: &Message) -> String {
    let name = message.group_labels.get("alertname");
    match (message.reason, message.firing, message.resolved) {
        (Some(Reason::Test), ..) => "a test".to_owned(),
        (None, ..) => format!("to be composed: {}", name.unwrap_or("several alerts")),
        (Some(_), firing, resolved) => {
            let counts = match (firing, resolved) {
                (firing, 0) => format!("{firing} firing"),
                (0, resolved) => format!("{resolved} resolved"),
                (firing, resolved) => format!("{firing} firing, {resolved} resolved"),
            };
            format!("{counts}: {}", name.unwrap_or("several alerts"))
        }
    }
}

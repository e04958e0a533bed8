//! Alerts and their transitions as they go over the wire.

use std::collections::BTreeMap;

use super::details::raw;
use super::labels::labels_of;
use super::time::WireTime;
use serde::Serialize;
use serde_json::value::RawValue;
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, Alert, Origin, State, Transition};
use tidegate_stores::{Id, Result};
use utoipa::ToSchema;

/// The annotation that holds the message of a manual alert.
const MESSAGE: &str = "message";

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireAlert {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// The same for all alerts of this name and these labels: 32 hexadecimal digits.
    fingerprint: String,
    /// Its name.
    name: String,
    /// The rule that opened it.
    rule: Option<String>,
    /// Where it came from: `rule`, `manual` or `ingest`.
    source: &'static str,
    /// Where it stands: `pending`, `firing`, `acknowledged`, `suppressed` or `resolved`.
    state: &'static str,
    /// How urgent it is: `info`, `warning`, `critical` or `emergency`.
    severity: &'static str,
    /// What tells it from others of its name.
    labels: serde_json::Map<String, serde_json::Value>,
    /// Texts for people.
    annotations: BTreeMap<String, String>,
    /// What happened, in the words of whoever triggered it.
    message: Option<String>,
    /// Whatever else is known.
    #[schema(value_type = Option<Object>)]
    details: Option<Box<RawValue>>,
    /// The number that its rule compared when it last changed.
    value: Option<f64>,
    /// How often it occurred.
    occurrences: u64,
    /// Where to look at it.
    generator_url: Option<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    starts_at: WireTime,
    /// Since when it concerns people.
    #[schema(value_type = Option<String>, format = DateTime)]
    fired_at: Option<WireTime>,
    /// Since when it is over.
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<WireTime>,
    /// Why it is over.
    resolved_reason: Option<String>,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: WireTime,
    /// When it occurred last.
    #[schema(value_type = String, format = DateTime)]
    seen_at: WireTime,
    /// Until when it is put off.
    #[schema(value_type = Option<String>, format = DateTime)]
    suppressed_until: Option<WireTime>,
    /// When it ends if nobody tells of it again.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<WireTime>,
    /// Who takes care of it.
    acknowledged_by: Option<String>,
    /// Whether nobody is told: it is acknowledged, suppressed, silenced or inhibited.
    is_muted: bool,
    /// What keeps it from being told besides its state: `silence:` with a silence's id, `inhibited:` with an alert's.
    muted_by: Vec<String>,
    /// How many steps of its escalation were taken.
    escalation_step: usize,
    /// When the next one is taken.
    #[schema(value_type = Option<String>, format = DateTime)]
    escalates_at: Option<WireTime>,
}

/// Something that happened to an alert.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireTransition {
    /// The order of happening, from 1, without gaps.
    seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: WireTime,
    /// What: `opened`, `fired`, `acknowledged`, `suppressed`, `returned`, `escalated`, `raised`, `refreshed`, `muted`,
    /// `unmuted` or `resolved`.
    kind: &'static str,
    /// The state before; null if the alert was not there.
    from: Option<&'static str>,
    /// The state since.
    to: &'static str,
    /// Who did it; null if it happened by itself.
    by: Option<String>,
    /// Why; may be empty.
    reason: String,
    /// How urgent it is since.
    severity: &'static str,
}

impl WireAlert {
    /// One alert.
    pub(crate) fn load(tx: &mut ReadTx<'_>, alert: Alert) -> Result<Self> {
        let who = acknowledgers(tx, std::slice::from_ref(&alert))?;
        Ok(Self::of(alert, &who))
    }

    /// A page of alerts.
    pub(crate) fn load_all(tx: &mut ReadTx<'_>, alerts: Vec<Alert>) -> Result<Vec<Self>> {
        let who = acknowledgers(tx, &alerts)?;
        Ok(alerts
            .into_iter()
            .map(|alert| Self::of(alert, &who))
            .collect())
    }

    fn of(alert: Alert, acknowledgers: &BTreeMap<Id, String>) -> Self {
        let is_of_rule = alert.origin == Origin::Rule;
        Self {
            muted_by: muted_by(&alert),
            rule: is_of_rule.then(|| alert.name.clone()),
            source: source(alert.origin),
            message: alert.annotations.get(MESSAGE).cloned(),
            acknowledged_by: acknowledgers.get(&alert.id).cloned(),
            id: alert.id,
            fingerprint: alert.fingerprint.to_string(),
            name: alert.name,
            state: alert.state.as_str(),
            severity: alert.severity.as_str(),
            labels: labels_of(&alert.labels),
            annotations: alert.annotations,
            details: raw(alert.details),
            value: alert.value,
            occurrences: alert.occurrences,
            generator_url: alert.generator_url,
            starts_at: alert.opened_at.into(),
            fired_at: alert.fired_at.map(WireTime),
            resolved_at: alert.resolved_at.map(WireTime),
            resolved_reason: alert.resolved_why,
            updated_at: alert.changed_at.into(),
            seen_at: alert.seen_at.into(),
            suppressed_until: alert.suppressed_until.map(WireTime),
            expires_at: alert.expires_at.map(WireTime),
            is_muted: alert.is_muted,
            escalation_step: alert.escalated,
            escalates_at: alert.escalates_at.map(WireTime),
        }
    }
}

impl From<Transition> for WireTransition {
    fn from(transition: Transition) -> Self {
        Self {
            seq: transition.seq,
            at: transition.at.into(),
            kind: transition.kind.as_str(),
            from: transition.from_state.map(State::as_str),
            to: transition.to_state.as_str(),
            by: transition.who,
            reason: transition.why,
            severity: transition.severity.as_str(),
        }
    }
}

/// What keeps an alert from being told besides its state.
pub(crate) fn muted_by(alert: &Alert) -> Vec<String> {
    let silences = alert.silenced_by.iter().map(|id| format!("silence:{id}"));
    let inhibited = alert.inhibited_by.map(|id| format!("inhibited:{id}"));
    silences.chain(inhibited).collect()
}

fn source(origin: Origin) -> &'static str {
    match origin {
        Origin::Rule => "rule",
        Origin::Manual => "manual",
        Origin::Pushed => "ingest",
    }
}

/// Who takes care of those that are acknowledged.
fn acknowledgers(tx: &mut ReadTx<'_>, alerts: &[Alert]) -> Result<BTreeMap<Id, String>> {
    let acknowledged = alerts
        .iter()
        .filter(|alert| alert.state == State::Acknowledged);
    let ids: Vec<Id> = acknowledged.map(|alert| alert.id).collect();
    alerts::acknowledged_by(tx, &ids)
}

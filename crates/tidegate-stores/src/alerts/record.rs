//! Alerts as rows of their table.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tidegate::{Params, ReadTx, Tx, list, params};

use super::escalation::Escalation;
use super::in_json::InJson;
use super::origin::Origin;
use super::state::State;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::json_text::JsonText;
use crate::labels::Labels;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// A row of `tg_alert`; see there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Record {
    pub(super) id: Id,
    pub(super) fingerprint: Fingerprint,
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) labels: Labels,
    pub(super) rule: Option<String>,
    pub(super) rule_revision: u64,
    pub(super) state: State,
    pub(super) severity: Severity,
    pub(super) annotations: InJson<BTreeMap<String, String>>,
    pub(super) details: Option<JsonText>,
    pub(super) value: Option<f64>,
    pub(super) generator_url: Option<String>,
    pub(super) occurrences: u64,
    pub(super) opened_at: Timestamp,
    pub(super) fired_at: Option<Timestamp>,
    pub(super) changed_at: Timestamp,
    pub(super) seen_at: Timestamp,
    pub(super) false_since: Option<Timestamp>,
    pub(super) suppressed_until: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) resolved_why: Option<String>,
    pub(super) escalation: InJson<Vec<Escalation>>,
    pub(super) escalated: usize,
    pub(super) further_targets: InJson<Vec<String>>,
    pub(super) repeat_after: Option<i64>,
    pub(super) silenced_by: InJson<Vec<Id>>,
    pub(super) inhibited_by: Option<Id>,
    pub(super) version: u64,
}

/// What never changes of a row.
const FIXED: &str = "id, fingerprint, name, origin, labels";
/// What does.
const CHANGING: &str = "rule, rule_revision, state, severity, annotations, details, value, generator_url, occurrences,
    opened_at, fired_at, changed_at, seen_at, false_since, suppressed_until, expires_at, resolved_at, resolved_why,
    escalation, escalated, further_targets, repeat_after, silenced_by, inhibited_by, due_at, version";
const CHANGING_MARKS: &str =
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

impl Record {
    /// A new alert that is nobody's yet: pending since `now`.
    pub(super) fn new(
        now: Timestamp,
        name: &str,
        labels: Labels,
        origin: Origin,
        severity: Severity,
    ) -> Self {
        Self {
            id: Id::new(now),
            fingerprint: Fingerprint::of(name, &labels),
            name: name.to_owned(),
            origin,
            labels,
            rule: None,
            rule_revision: 0,
            state: State::Pending,
            severity,
            annotations: InJson::default(),
            details: None,
            value: None,
            generator_url: None,
            occurrences: 1,
            opened_at: now,
            fired_at: None,
            changed_at: now,
            seen_at: now,
            false_since: None,
            suppressed_until: None,
            expires_at: None,
            resolved_at: None,
            resolved_why: None,
            escalation: InJson::default(),
            escalated: 0,
            further_targets: InJson::default(),
            repeat_after: None,
            silenced_by: InJson::default(),
            inhibited_by: None,
            version: 0,
        }
    }

    /// One alert by its id.
    pub(super) fn load(tx: &mut ReadTx<'_>, id: Id) -> Result<Self> {
        let row = tx.query_opt("SELECT * FROM tg_alert WHERE id = ?", (id,))?;
        row.ok_or_else(|| Error::not_found("alert", id))
    }

    /// The alerts of these ids that there are, in any order.
    pub(super) fn load_many(tx: &mut ReadTx<'_>, ids: Vec<Id>) -> Result<Vec<Self>> {
        Ok(tx.query("SELECT * FROM tg_alert WHERE id IN rarray(?)", (list(ids),))?)
    }

    /// The active alert of a fingerprint.
    pub(super) fn active(tx: &mut ReadTx<'_>, fingerprint: Fingerprint) -> Result<Option<Self>> {
        let sql = "SELECT * FROM tg_alert WHERE fingerprint = ? AND resolved_at IS NULL";
        Ok(tx.query_opt(sql, (fingerprint,))?)
    }

    /// Whether nobody is to be told.
    pub(super) fn is_muted(&self) -> bool {
        matches!(self.state, State::Acknowledged | State::Suppressed) || self.is_silent()
    }

    /// Whether a silence or another alert keeps it from being told.
    pub(super) fn is_silent(&self) -> bool {
        !self.silenced_by.is_empty() || self.inhibited_by.is_some()
    }

    /// When the next thing happens to it by itself.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        let returns = self
            .suppressed_until
            .filter(|_| self.state == State::Suppressed);
        let expires = self.expires_at.filter(|_| self.state.is_active());
        [returns, expires, self.escalates_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// When the next step of its escalation is taken.
    pub(super) fn escalates_at(&self) -> Option<Timestamp> {
        let step = self.escalation.get(self.escalated)?;
        let fired_at = self.fired_at.filter(|_| self.state.is_unacknowledged())?;
        Some(fired_at.saturating_add(step.after))
    }

    pub(super) fn repeat_after(&self) -> Option<Duration> {
        self.repeat_after
            .map(|micros| Duration::from_micros(micros.unsigned_abs()))
    }

    pub(super) fn insert(&self, tx: &mut Tx<'_>) -> Result<()> {
        let fixed = params![
            self.id,
            self.fingerprint,
            &*self.name,
            self.origin,
            self.labels.clone(),
        ];
        let sql = format!(
            "INSERT INTO tg_alert ({FIXED}, {CHANGING}) VALUES (?, ?, ?, ?, ?, {CHANGING_MARKS})"
        );
        tx.execute(&sql, self.push_changing(fixed))?;
        Ok(())
    }

    pub(super) fn update(&self, tx: &mut Tx<'_>) -> Result<()> {
        let sql = format!("UPDATE tg_alert SET ({CHANGING}) = ({CHANGING_MARKS}) WHERE id = ?");
        tx.execute(&sql, self.push_changing(Params::new()).push(self.id))?;
        Ok(())
    }

    /// Adds the values of [`CHANGING`].
    fn push_changing(&self, params: Params) -> Params {
        params
            .push(self.rule.as_deref())
            .push(self.rule_revision)
            .push(self.state)
            .push(self.severity.as_str())
            .push(&self.annotations)
            .push(self.details.clone())
            .push(self.value)
            .push(self.generator_url.as_deref())
            .push(self.occurrences)
            .push(self.opened_at)
            .push(self.fired_at)
            .push(self.changed_at)
            .push(self.seen_at)
            .push(self.false_since)
            .push(self.suppressed_until)
            .push(self.expires_at)
            .push(self.resolved_at)
            .push(self.resolved_why.as_deref())
            .push(&self.escalation)
            .push(self.escalated)
            .push(&self.further_targets)
            .push(self.repeat_after)
            .push(&self.silenced_by)
            .push(self.inhibited_by)
            .push(self.due_at())
            .push(self.version)
    }
}

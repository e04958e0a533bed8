//! What was announced last of an alert, as it is kept.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate::{Params, ReadTx, Tx};

use super::announcement::{Announcement, Status};
use super::in_json::{in_json, to_json};
use super::severity::Severity;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::timestamp::{Timestamp, micros};

/// A row of the table `tg_notify_alert`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Snapshot {
    /// Its number within the store.
    pub(super) id: i64,
    pub(super) fingerprint: Fingerprint,
    pub(super) alert: Id,
    pub(super) version: i64,
    pub(super) status: Status,
    pub(super) is_muted: bool,
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) labels: Labels,
    #[serde(deserialize_with = "in_json")]
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) value: Option<f64>,
    pub(super) occurrences: u64,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) generator_url: Option<String>,
    pub(super) repeat_after: Option<i64>,
    #[serde(deserialize_with = "in_json")]
    pub(super) further_targets: Vec<String>,
    pub(super) routing: i64,
}

impl Snapshot {
    pub(super) fn find(tx: &mut ReadTx<'_>, fingerprint: Fingerprint) -> Result<Option<Self>> {
        let sql = "SELECT * FROM tg_notify_alert WHERE fingerprint = ?";
        Ok(tx.query_opt(sql, (fingerprint,))?)
    }

    /// What an announcement makes of what was known before.
    pub(super) fn of(given: &Announcement, before: Option<&Self>, routing: i64) -> Self {
        let mut snapshot = Self {
            id: before.map_or(0, |before| before.id),
            fingerprint: given.fingerprint,
            alert: given.alert,
            version: before.map_or(1, |before| before.version),
            status: given.status,
            is_muted: given.is_muted,
            name: given.name.clone(),
            severity: given.severity,
            labels: given.labels.clone(),
            annotations: given.annotations.clone(),
            value: given.value.filter(|value| value.is_finite()),
            occurrences: given.occurrences,
            starts_at: given.starts_at,
            ends_at: given.ends_at,
            generator_url: given.generator_url.clone(),
            repeat_after: given.repeat_after.map(micros),
            further_targets: given.further_targets.clone(),
            routing,
        };
        if before.is_some_and(|before| before.facts() != snapshot.facts()) {
            snapshot.version += 1;
        }
        snapshot
    }

    /// What is worth a message if it changes.
    fn facts(&self) -> (Id, Status, Severity) {
        (self.alert, self.status, self.severity)
    }

    /// Whether messages may have to be made or moved after what was known before.
    pub(super) fn concerns_messages(&self, before: Option<&Self>) -> bool {
        let bearing = |one: &Self| {
            (
                one.version,
                one.is_muted,
                one.repeat_after,
                one.further_targets.clone(),
                one.routing,
            )
        };
        before.is_none_or(|before| bearing(before) != bearing(self))
    }

    /// Its labels, with its name as `alertname` and its severity as `severity` unless it has such labels.
    pub(super) fn all_labels(&self) -> Labels {
        all_labels(&self.name, self.severity, &self.labels)
    }

    /// Keeps it in the place of what was known before; a new one gets its number.
    pub(super) fn save(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let id = (self.id != 0).then_some(self.id);
        let params = Params::new()
            .push(id)
            .push(self.fingerprint)
            .push(self.alert)
            .push(self.version)
            .push(self.status)
            .push(self.is_muted)
            .push(&*self.name)
            .push(self.severity.as_str())
            .push(&self.labels)
            .push(to_json(&self.annotations))
            .push(self.value)
            .push(self.occurrences)
            .push(self.starts_at)
            .push(self.ends_at)
            .push(self.generator_url.as_deref())
            .push(self.repeat_after)
            .push(to_json(&self.further_targets))
            .push(self.routing);
        tx.execute(SAVE, params)?;
        if self.id == 0 {
            self.id = tx.last_insert_rowid();
        }
        Ok(())
    }
}

const SAVE: &str = "INSERT INTO tg_notify_alert (id, fingerprint, alert, version, status, is_muted, name, severity, labels,
        annotations, value, occurrences, starts_at, ends_at, generator_url, repeat_after, further_targets, routing)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET alert = excluded.alert, version = excluded.version, status = excluded.status,
        is_muted = excluded.is_muted, name = excluded.name, severity = excluded.severity, labels = excluded.labels,
        annotations = excluded.annotations, value = excluded.value, occurrences = excluded.occurrences,
        starts_at = excluded.starts_at, ends_at = excluded.ends_at, generator_url = excluded.generator_url,
        repeat_after = excluded.repeat_after, further_targets = excluded.further_targets, routing = excluded.routing";

/// See [`Snapshot::all_labels`]. Labels that are full already stay as they are.
pub(super) fn all_labels(name: &str, severity: Severity, labels: &Labels) -> Labels {
    let own = Labels::new([("alertname", name), ("severity", severity.as_str())]);
    let all = own.and_then(|own| own.with(labels));
    all.unwrap_or_else(|_| labels.clone())
}

//! One alert, as it is shown.

use std::collections::BTreeMap;
use std::time::Duration;

use super::origin::Origin;
use super::record::Record;
use super::state::State;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::json_text::JsonText;
use crate::labels::Labels;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// One alert, as it stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// Its id, which sorts by the moment at which it was opened.
    pub id: Id,
    /// The same for all alerts of this name and these labels. At most one of them is active at a time.
    pub fingerprint: Fingerprint,
    /// Its name: that of its rule, if it has one.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// What tells it from others of its name; without the severity.
    pub labels: Labels,
    /// Where it stands.
    pub state: State,
    /// How urgent it is; never falls, but when its rule is changed.
    pub severity: Severity,
    /// Texts for people. The message of a manual alert is `message`.
    pub annotations: BTreeMap<String, String>,
    /// Whatever else is known.
    pub details: Option<JsonText>,
    /// The number that its rule compared when the alert last changed.
    pub value: Option<f64>,
    /// Where to look at it.
    pub generator_url: Option<String>,
    /// How often it occurred: breaches of a rule, triggers, pushes with another beginning.
    pub occurrences: u64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Since when it concerns people; `None` if it never did.
    pub fired_at: Option<Timestamp>,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// When it occurred last.
    pub seen_at: Timestamp,
    /// Since when its condition has not held, while it is kept firing.
    pub false_since: Option<Timestamp>,
    /// Until when it is put off, if it is.
    pub suppressed_until: Option<Timestamp>,
    /// When it ends if nobody tells of it again.
    pub expires_at: Option<Timestamp>,
    /// Since when it is over.
    pub resolved_at: Option<Timestamp>,
    /// Why it is over.
    pub resolved_why: Option<String>,
    /// How many steps of its escalation were taken.
    pub escalated: usize,
    /// When the next one is taken.
    pub escalates_at: Option<Timestamp>,
    /// Targets that the escalation brought.
    pub further_targets: Vec<String>,
    /// After how long people are told again, if its rule says so.
    pub repeat_after: Option<Duration>,
    /// The silences that keep it from being told.
    pub silenced_by: Vec<Id>,
    /// The alert that keeps it from being told.
    pub inhibited_by: Option<Id>,
    /// Whether nobody is told, for any reason: acknowledged, suppressed, silenced, inhibited.
    pub is_muted: bool,
}

impl From<Record> for Alert {
    fn from(record: Record) -> Self {
        Self {
            is_muted: record.is_muted(),
            escalates_at: record.escalates_at(),
            repeat_after: record.repeat_after(),
            id: record.id,
            fingerprint: record.fingerprint,
            name: record.name,
            origin: record.origin,
            labels: record.labels,
            state: record.state,
            severity: record.severity,
            annotations: record.annotations.0,
            details: record.details,
            value: record.value,
            generator_url: record.generator_url,
            occurrences: record.occurrences,
            opened_at: record.opened_at,
            fired_at: record.fired_at,
            changed_at: record.changed_at,
            seen_at: record.seen_at,
            false_since: record.false_since,
            suppressed_until: record.suppressed_until,
            expires_at: record.expires_at,
            resolved_at: record.resolved_at,
            resolved_why: record.resolved_why,
            escalated: record.escalated,
            further_targets: record.further_targets.0,
            silenced_by: record.silenced_by.0,
            inhibited_by: record.inhibited_by,
        }
    }
}

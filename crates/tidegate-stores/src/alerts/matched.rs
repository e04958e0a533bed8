//! What matchers of silences, inhibitions and filters see of an alert.

use super::record::Record;
use super::texts::{NAME_LABEL, SEVERITY_LABEL};
use crate::labels::Labels;
use crate::matcher::Matcher;
use crate::notify::Severity;

/// What matchers see of an alert: its labels, its name as `alertname`, its severity as `severity`.
#[derive(Clone, Debug)]
pub(super) struct Matched {
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) labels: Labels,
}

impl Matched {
    pub(super) fn of(record: &Record) -> Self {
        Self {
            name: record.name.clone(),
            severity: record.severity,
            labels: record.labels.clone(),
        }
    }

    /// The value of a label, empty if it is absent.
    pub(super) fn get(&self, label: &str) -> &str {
        match label {
            NAME_LABEL => &self.name,
            SEVERITY_LABEL => self.severity.as_str(),
            other => self.labels.get(other).unwrap_or_default(),
        }
    }

    /// Whether all the conditions are met.
    pub(super) fn meets(&self, matchers: &[Matcher]) -> bool {
        let is_met = |matcher: &Matcher| matcher.matches_value(self.get(matcher.name()));
        matchers.iter().all(is_met)
    }
}

//! What rules see: the number of each series, and how it compares.

use tidegate::ReadTx;

use super::no_data::NoData;
use super::rule::Rule;
use super::stored_rule::StoredRule;
use super::texts::{NAME_LABEL, SEVERITY_LABEL};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;
use crate::metrics::{self, Evaluated, Query};
use crate::timestamp::Timestamp;

/// What a rule finds of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The number compares as the rule asks.
    Met,
    /// It does not.
    NotMet,
    /// There are fewer samples than the rule asks for, or no number comes of them.
    TooFew,
    /// There is none in the window.
    NoData,
}

/// The numbers of all series of each rule, in the order of the rules.
pub(super) fn numbers(
    tx: &mut ReadTx<'_>,
    now: Timestamp,
    rules: &[StoredRule],
) -> Result<Vec<Vec<Evaluated>>> {
    let queries = rules.iter().map(|stored| stored.rule.query());
    let queries = queries.collect::<Result<Vec<Query>>>()?;
    metrics::evaluate(tx, now, &queries)
}

pub(super) fn compare(rule: &Rule, found: &Evaluated) -> Outcome {
    let value = found.value.filter(|value| !value.is_nan());
    let value = value.filter(|_| found.samples >= rule.minimum_samples);
    match value.map(|value| rule.operator.holds(value, rule.threshold)) {
        Some(true) => Outcome::Met,
        Some(false) => Outcome::NotMet,
        None => Outcome::TooFew,
    }
}

/// What is to be said of an alert whose series was not found. One that says that the rule finds nothing at all is wrong as
/// soon as it finds `others`.
pub(super) fn silent(rule: &Rule, fingerprint: Fingerprint, others: bool) -> Outcome {
    let of_nothing = || identity(rule, &Labels::empty()).1;
    match others && rule.no_data == NoData::Alert && fingerprint == of_nothing() {
        true => Outcome::NotMet,
        false => Outcome::NoData,
    }
}

/// The labels of the alert of a rule and a series, and its fingerprint: of the series and of the rule, without name and
/// severity.
pub(super) fn identity(rule: &Rule, series: &Labels) -> (Labels, Fingerprint) {
    // More labels than a set holds: those of the series tell alerts apart.
    let mut labels = series.with(&rule.labels).unwrap_or_else(|_| series.clone());
    let is_told_apart = |name: &str| name == NAME_LABEL || name == SEVERITY_LABEL;
    if labels.iter().any(|label| is_told_apart(label.name())) {
        let names = labels.iter().map(|label| label.name());
        let kept: Vec<&str> = names.filter(|name| !is_told_apart(name)).collect();
        labels = labels.only(&kept);
    }
    let fingerprint = Fingerprint::of(&rule.name, &labels);
    (labels, fingerprint)
}

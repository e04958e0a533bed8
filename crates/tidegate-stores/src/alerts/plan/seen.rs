//! What a rule finds, by the fingerprints of its alerts.

use std::collections::BTreeMap;

use crate::alerts::no_data::NoData;
use crate::alerts::observe::{Outcome, compare, identity};
use crate::alerts::rule::Rule;
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;
use crate::metrics::Evaluated;

/// What was found of one fingerprint.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) labels: Labels,
    pub(super) value: Option<f64>,
    pub(super) outcome: Outcome,
}

/// What was found of each fingerprint that matters. Series that differ in their severity only are one; the worst of them
/// counts.
pub(super) fn seen(
    rule: &Rule,
    found: &[Evaluated],
    has_alerts: bool,
) -> BTreeMap<Fingerprint, Seen> {
    let mut all = BTreeMap::new();
    for one in found {
        let outcome = compare(rule, one);
        if outcome != Outcome::NotMet || has_alerts {
            let (labels, fingerprint) = identity(rule, one.series.labels());
            let seen = Seen {
                labels,
                value: one.value,
                outcome,
            };
            keep_worst(&mut all, fingerprint, seen);
        }
    }
    if found.is_empty() && rule.no_data == NoData::Alert {
        let (labels, fingerprint) = identity(rule, &Labels::empty());
        all.insert(fingerprint, Seen::nothing(labels, Outcome::NoData));
    }
    all
}

fn keep_worst(all: &mut BTreeMap<Fingerprint, Seen>, fingerprint: Fingerprint, seen: Seen) {
    match all.get(&fingerprint) {
        Some(other) if other.rank() >= seen.rank() => {}
        _ => drop(all.insert(fingerprint, seen)),
    }
}

impl Seen {
    /// Without a number.
    pub(super) fn nothing(labels: Labels, outcome: Outcome) -> Self {
        Self {
            labels,
            value: None,
            outcome,
        }
    }

    fn rank(&self) -> u8 {
        match self.outcome {
            Outcome::Met => 3,
            Outcome::TooFew => 2,
            Outcome::NotMet => 1,
            Outcome::NoData => 0,
        }
    }
}

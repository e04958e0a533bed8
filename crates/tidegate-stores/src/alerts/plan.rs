//! What an evaluation of all rules will change: the phase that only reads.

use std::collections::{HashMap, HashSet, VecDeque};

use tidegate::ReadTx;

use super::cooling::Cooling;
use super::machine::{Active, Condition, Move, next_move};
use super::no_data::NoData;
use super::observe::{Outcome, compare, identity, numbers, silent};
use super::stored_rule::{StoredRule, enabled};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;
use crate::metrics::Evaluated;
use crate::timestamp::Timestamp;

/// What an evaluation of all rules will change, made by [`plan`] and done by [`apply`](super::apply).
#[derive(Debug)]
pub struct Plan {
    pub(super) now: Timestamp,
    pub(super) rules: Vec<StoredRule>,
    pub(super) changes: VecDeque<Change>,
    /// How many series were compared.
    pub(super) series: usize,
}

impl Plan {
    /// How many changes are left to do.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    /// How many rules were evaluated.
    #[must_use]
    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    /// How many numbers of series were compared.
    #[must_use]
    pub fn series(&self) -> usize {
        self.series
    }
}

/// A move of one alert of one rule.
#[derive(Debug)]
pub(super) struct Change {
    /// The index of the rule.
    pub(super) rule: usize,
    pub(super) step: Move,
    pub(super) value: Option<f64>,
    pub(super) alert: Concerned,
}

/// The alert that a change is about.
#[derive(Debug)]
pub(super) enum Concerned {
    /// One that is to be opened.
    New(Labels, Fingerprint),
    /// One as it was found.
    Found(Active),
}

/// Evaluates all rules that are switched on, and finds out which alerts are to be changed. All of them together take a
/// handful of statements.
///
/// # Errors
/// What the database answers.
pub fn plan(tx: &mut ReadTx<'_>, now: Timestamp) -> Result<Plan> {
    let rules = enabled(tx)?;
    let numbers = numbers(tx, now, &rules)?;
    let cooling = Cooling::load(tx, now, &rules)?;
    let mut active = ActiveAlerts::load(tx)?;
    let series = numbers.iter().map(Vec::len).sum();
    let mut changes = VecDeque::new();
    for (index, (stored, found)) in rules.iter().zip(&numbers).enumerate() {
        let mut planner = Planner {
            now,
            index,
            stored,
            cooling: &cooling,
            changes: &mut changes,
        };
        planner.plan(&mut active, found);
    }
    Ok(Plan {
        now,
        rules,
        changes,
        series,
    })
}

/// All active alerts.
struct ActiveAlerts {
    by_rule: HashMap<String, HashMap<Fingerprint, Active>>,
    /// Those that are no rule's.
    others: HashSet<Fingerprint>,
}

impl ActiveAlerts {
    fn load(tx: &mut ReadTx<'_>) -> Result<Self> {
        let sql =
            "SELECT id, fingerprint, rule, rule_revision, state, opened_at, false_since, version
            FROM tg_alert WHERE resolved_at IS NULL";
        let rows: Vec<Active> = tx.query(sql, ())?;
        let mut loaded = Self {
            by_rule: HashMap::new(),
            others: HashSet::new(),
        };
        for mut row in rows {
            match row.rule.take() {
                Some(rule) => {
                    let of_rule = loaded.by_rule.entry(rule).or_default();
                    of_rule.insert(row.fingerprint, row);
                }
                None => drop(loaded.others.insert(row.fingerprint)),
            }
        }
        Ok(loaded)
    }
}

/// The plan of one rule.
struct Planner<'p> {
    now: Timestamp,
    index: usize,
    stored: &'p StoredRule,
    cooling: &'p Cooling,
    changes: &'p mut VecDeque<Change>,
}

impl Planner<'_> {
    fn plan(&mut self, active: &mut ActiveAlerts, found: &[Evaluated]) {
        let rule = &self.stored.rule;
        let mut own = active.by_rule.remove(&rule.name).unwrap_or_default();
        let seen = self.seen(found, !own.is_empty());
        for (fingerprint, seen) in seen {
            if !active.others.contains(&fingerprint) {
                self.take(fingerprint, seen, own.remove(&fingerprint));
            }
        }
        for (fingerprint, alert) in own {
            let seen = Seen {
                labels: Labels::empty(),
                value: None,
                outcome: silent(rule, fingerprint, !found.is_empty()),
            };
            self.take(fingerprint, seen, Some(alert));
        }
    }

    /// What was found of each fingerprint that matters. Series that differ in their severity only are one; the worst of
    /// them counts.
    fn seen(&self, found: &[Evaluated], has_alerts: bool) -> HashMap<Fingerprint, Seen> {
        let rule = &self.stored.rule;
        let mut all: HashMap<Fingerprint, Seen> = HashMap::new();
        for one in found {
            let outcome = compare(rule, one);
            if outcome == Outcome::NotMet && !has_alerts {
                continue;
            }
            let (labels, fingerprint) = identity(rule, one.series.labels());
            let seen = Seen {
                labels,
                value: one.value,
                outcome,
            };
            match all.get_mut(&fingerprint) {
                Some(other) if !seen.is_worse_than(other) => {}
                Some(other) => *other = seen,
                None => drop(all.insert(fingerprint, seen)),
            }
        }
        if found.is_empty() && rule.no_data == NoData::Alert {
            let (labels, fingerprint) = identity(rule, &Labels::empty());
            let seen = Seen {
                labels,
                value: None,
                outcome: Outcome::NoData,
            };
            all.insert(fingerprint, seen);
        }
        all
    }

    fn take(&mut self, fingerprint: Fingerprint, seen: Seen, alert: Option<Active>) {
        let rule = &self.stored.rule;
        let is_cooling = self.cooling.until(rule, self.now, fingerprint).is_some();
        let condition = Condition::of(seen.outcome, rule.no_data);
        let revision = self.stored.revision;
        let step = next_move(
            rule,
            revision,
            self.now,
            alert.as_ref(),
            condition,
            is_cooling,
        );
        if let Some(step) = step {
            let concerned = match alert {
                Some(alert) => Concerned::Found(alert),
                None => Concerned::New(seen.labels, fingerprint),
            };
            self.changes.push_back(Change {
                rule: self.index,
                step,
                value: seen.value,
                alert: concerned,
            });
        }
    }
}

/// What was found of one fingerprint.
struct Seen {
    labels: Labels,
    value: Option<f64>,
    outcome: Outcome,
}

impl Seen {
    fn is_worse_than(&self, other: &Self) -> bool {
        let rank = |outcome| match outcome {
            Outcome::Met => 3,
            Outcome::TooFew => 2,
            Outcome::NotMet => 1,
            Outcome::NoData => 0,
        };
        rank(self.outcome) > rank(other.outcome)
    }
}

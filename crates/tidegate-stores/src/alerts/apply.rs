//! Doing what was planned: the phase that writes, a bounded piece at a time.

use std::collections::{HashMap, HashSet};

use tidegate::{ReadTx, Tx, list};

use super::escalation::Escalation;
use super::in_json::InJson;
use super::machine::Move;
use super::origin::Origin;
use super::plan::{Change, Concerned, Plan, plan};
use super::rate::{count_drop, crowded};
use super::record::Record;
use super::resolving::resolve;
use super::state::State;
use super::stored_rule::StoredRule;
use super::transition::TransitionKind;
use super::words::breach;
use super::writer::{Note, Writer};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::notify::Severity;
use crate::timestamp::{Timestamp, micros};

/// The most alerts of one rule that are active at a time. What is more is not opened.
pub const RULE_ALERTS_MAX: usize = 20_000;

/// What an evaluation has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evaluation {
    /// How many rules were evaluated.
    pub rules: usize,
    /// How many numbers of series were compared.
    pub series: usize,
    /// Alerts that were opened and are pending.
    pub pending: usize,
    /// Alerts that began to fire, at once or after they were pending.
    pub fired: usize,
    /// Alerts that were resolved.
    pub resolved: usize,
    /// Other changes: conditions that hold again or no longer, rules that were changed.
    pub changed: usize,
    /// Changes that were left out because the alert or its rule had changed since the plan; the next evaluation sees them
    /// as they are.
    pub skipped: usize,
    /// Alerts that were not opened because there were too many of their fingerprint or rule.
    pub dropped: usize,
    /// Changes that are left to do.
    pub left: usize,
}

/// Evaluates all rules that are switched on, and does at once what comes of it.
///
/// The same as [`plan`] and [`apply`] in one transaction. Where many series are looked at, let a reader plan, and apply a
/// piece at a time.
///
/// # Errors
/// What the database answers.
pub fn evaluate_step(tx: &mut Tx<'_>, now: Timestamp) -> Result<Evaluation> {
    let mut plan = plan(tx, now)?;
    apply(tx, &mut plan, usize::MAX)
}

/// Does the next changes of a plan, `limit` at most, and takes them out of it. Each is done only if the alert is still as it
/// was found, and the rule as it was evaluated.
///
/// # Errors
/// What the database answers. The plan is used up then: make a new one.
pub fn apply(tx: &mut Tx<'_>, plan: &mut Plan, limit: usize) -> Result<Evaluation> {
    let count = plan.changes.len().min(limit.max(1));
    let changes: Vec<Change> = plan.changes.drain(..count).collect();
    let mut applier = Applier::load(tx, plan, &changes)?;
    for change in changes {
        applier.apply(tx, change)?;
    }
    applier.writer.finish(tx)?;
    Ok(Evaluation {
        rules: plan.rules(),
        series: plan.series(),
        left: plan.changes(),
        ..applier.done
    })
}

/// What changes are checked against, and where they go.
struct Applier<'p> {
    rules: &'p [StoredRule],
    /// Rules that are as they were, by their index, with the number of their active alerts.
    valid: HashMap<usize, usize>,
    records: HashMap<Id, Record>,
    /// Fingerprints of which there is an active alert now.
    taken: HashSet<Fingerprint>,
    /// Fingerprints that had as many alerts lately as are allowed, with the most urgent of them.
    crowded: HashMap<Fingerprint, Severity>,
    writer: Writer,
    done: Evaluation,
}

impl<'p> Applier<'p> {
    fn load(tx: &mut ReadTx<'_>, plan: &'p Plan, changes: &[Change]) -> Result<Self> {
        let (mut ids, mut prints) = (Vec::new(), Vec::new());
        for change in changes {
            match &change.alert {
                Concerned::Found(active) => ids.push(active.id),
                Concerned::New(_, fingerprint) => prints.push(*fingerprint),
            }
        }
        let records = Record::load_many(tx, ids)?.into_iter();
        Ok(Self {
            rules: &plan.rules,
            valid: valid_rules(tx, plan, changes)?,
            records: records.map(|record| (record.id, record)).collect(),
            taken: taken(tx, &prints)?,
            crowded: crowded(tx, plan.now, &prints)?,
            writer: Writer::begin(plan.now),
            done: Evaluation::default(),
        })
    }

    fn apply(&mut self, tx: &mut Tx<'_>, change: Change) -> Result<()> {
        let stored = &self.rules[change.rule];
        if !self.valid.contains_key(&change.rule) {
            self.done.skipped += 1;
            return Ok(());
        }
        match &change.alert {
            Concerned::Found(active) => {
                let record = self.records.remove(&active.id);
                match record.filter(|record| record.version == active.version) {
                    Some(record) => self.advance(tx, stored, record, &change),
                    None => {
                        self.done.skipped += 1;
                        Ok(())
                    }
                }
            }
            Concerned::New(_, fingerprint) if self.taken.contains(fingerprint) => {
                self.done.skipped += 1;
                Ok(())
            }
            Concerned::New(..) => self.open(tx, stored, change),
        }
    }

    fn open(&mut self, tx: &mut Tx<'_>, stored: &StoredRule, change: Change) -> Result<()> {
        let Concerned::New(labels, fingerprint) = change.alert else {
            return Ok(());
        };
        let active = self.valid.entry(change.rule).or_default();
        let worst = self.crowded.get(&fingerprint);
        if *active >= RULE_ALERTS_MAX || worst.is_some_and(|worst| *worst >= stored.rule.severity) {
            self.done.dropped += 1;
            return count_drop(tx, self.writer.now, &stored.rule.name, &labels);
        }
        *active += 1;
        self.taken.insert(fingerprint);
        let (now, rule) = (self.writer.now, &stored.rule);
        let mut record = Record::new(now, &rule.name, labels, Origin::Rule, rule.severity);
        record.rule = Some(rule.name.clone());
        follow(&mut record, stored, change.value)?;
        let why = reason(stored, change.value);
        if change.step == Move::Open(State::Firing) {
            (record.state, record.fired_at) = (State::Firing, Some(now));
            self.done.fired += 1;
        } else {
            self.done.pending += 1;
        }
        self.writer
            .open(tx, record, Note::own(TransitionKind::Opened, why))
    }

    fn advance(
        &mut self,
        tx: &mut Tx<'_>,
        stored: &StoredRule,
        mut record: Record,
        change: &Change,
    ) -> Result<()> {
        let (now, from) = (self.writer.now, record.state);
        match change.step {
            Move::Fire => {
                follow(&mut record, stored, change.value)?;
                (record.state, record.fired_at, record.seen_at) = (State::Firing, Some(now), now);
                self.done.fired += 1;
                let note = Note::own(TransitionKind::Fired, reason(stored, change.value));
                self.writer.change(tx, record, from, note)
            }
            Move::Resolve => {
                self.done.resolved += 1;
                let note = Note::own(TransitionKind::Resolved, over(from, change.value));
                resolve(tx, &mut self.writer, record, now, note)
            }
            Move::Refresh => {
                self.done.changed += 1;
                let severity = base_severity(stored, record.escalated);
                let value = change.value.or(record.value);
                record.severity = severity;
                follow(&mut record, stored, value)?;
                let note = Note::own(TransitionKind::Refreshed, "its rule was changed");
                self.writer.change(tx, record, from, note)
            }
            other => {
                self.done.changed += 1;
                adjust(&mut record, other, now);
                self.writer.touch(tx, record)
            }
        }
    }
}

/// Changes that are not told.
fn adjust(record: &mut Record, step: Move, now: Timestamp) {
    match step {
        Move::Doubt => record.false_since = Some(now),
        Move::WaitAnew => (record.opened_at, record.seen_at) = (now, now),
        Move::Recur => {
            record.false_since = None;
            record.occurrences += 1;
            record.seen_at = now;
        }
        Move::Open(_) | Move::Fire | Move::Refresh | Move::Resolve => {}
    }
}

/// Takes over what the rule says of its alerts.
fn follow(record: &mut Record, stored: &StoredRule, value: Option<f64>) -> Result<()> {
    let rule = &stored.rule;
    record.value = value.filter(|value| !value.is_nan());
    record.annotations = InJson(rule.annotations_of(record.value, &record.labels)?);
    record.escalation = InJson(rule.escalation.clone());
    record.repeat_after = rule.repeat_after.map(micros);
    record.rule_revision = stored.revision;
    Ok(())
}

/// The rule's severity, raised by the steps that were taken.
fn base_severity(stored: &StoredRule, escalated: usize) -> Severity {
    let steps = stored.rule.escalation.iter().take(escalated);
    let raised = steps.filter_map(|step: &Escalation| step.severity).max();
    stored
        .rule
        .severity
        .max(raised.unwrap_or(stored.rule.severity))
}

fn reason(stored: &StoredRule, value: Option<f64>) -> String {
    breach(&stored.rule, value)
}

fn over(from: State, value: Option<f64>) -> &'static str {
    match (from, value) {
        (State::Pending, _) => "the condition ceased to hold before it fired",
        (_, Some(_)) => "the condition holds no longer",
        (_, None) => "its series is silent",
    }
}

/// The rules of these changes that are as they were when the plan was made, with the number of their active alerts.
fn valid_rules(
    tx: &mut ReadTx<'_>,
    plan: &Plan,
    changes: &[Change],
) -> Result<HashMap<usize, usize>> {
    let concerned: HashSet<usize> = changes.iter().map(|change| change.rule).collect();
    let by_name: HashMap<&str, usize> = concerned
        .iter()
        .map(|&index| (&*plan.rules[index].rule.name, index))
        .collect();
    let sql = "SELECT name, revision, (SELECT count(*) FROM tg_alert WHERE rule = tg_alert_rule.name AND resolved_at IS NULL)
        FROM tg_alert_rule WHERE name IN rarray(?) AND is_enabled = 1";
    let names = list(by_name.keys().copied());
    let rows: Vec<(String, u64, usize)> = tx.query(sql, (names,))?;
    let valid = rows.into_iter().filter_map(|(name, revision, alerts)| {
        let index = *by_name.get(&*name)?;
        (plan.rules[index].revision == revision).then_some((index, alerts))
    });
    Ok(valid.collect())
}

/// Those of the fingerprints of which there is an active alert.
fn taken(tx: &mut ReadTx<'_>, prints: &[Fingerprint]) -> Result<HashSet<Fingerprint>> {
    let sql =
        "SELECT fingerprint FROM tg_alert WHERE fingerprint IN rarray(?) AND resolved_at IS NULL";
    let rows: Vec<(Fingerprint,)> = tx.query(sql, (list(prints.iter().copied()),))?;
    Ok(rows.into_iter().map(|(print,)| print).collect())
}

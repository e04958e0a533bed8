//! Doing changes one by one, each only if nothing has changed since it was planned.

use std::collections::{HashMap, HashSet};

use tidegate::{ReadTx, Tx};

use super::checks::{taken, valid_rules};
use super::following::{follow, over, severity};
use super::{Evaluation, RULE_ALERTS_MAX};
use crate::alerts::machine::Move;
use crate::alerts::marks::count_dropped;
use crate::alerts::origin::Origin;
use crate::alerts::plan::{Change, Concerned, Plan};
use crate::alerts::rate::{count_drop, crowded};
use crate::alerts::record::Record;
use crate::alerts::resolving::resolve;
use crate::alerts::state::State;
use crate::alerts::stored_rule::StoredRule;
use crate::alerts::transition::TransitionKind;
use crate::alerts::words::breach;
use crate::alerts::writer::{Note, Writer};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::notify::Severity;

/// What changes are checked against, and where they go.
pub(super) struct Applier<'p> {
    rules: &'p [StoredRule],
    /// Rules that are as they were, by their index, with the number of their active alerts.
    valid: HashMap<usize, usize>,
    records: HashMap<Id, Record>,
    /// Fingerprints of which there is an active alert now.
    taken: HashSet<Fingerprint>,
    /// Fingerprints that had as many alerts lately as are allowed, with the most urgent of them.
    crowded: HashMap<Fingerprint, Severity>,
    /// How many were not opened because their rule has too many.
    surplus: usize,
    writer: Writer,
    done: Evaluation,
}

impl<'p> Applier<'p> {
    pub(super) fn load(tx: &mut ReadTx<'_>, plan: &'p Plan, changes: &[Change]) -> Result<Self> {
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
            surplus: 0,
            writer: Writer::begin(plan.now),
            done: Evaluation::default(),
        })
    }

    pub(super) fn apply(&mut self, tx: &mut Tx<'_>, change: Change) -> Result<()> {
        let stored = &self.rules[change.rule];
        let is_valid = self.valid.contains_key(&change.rule);
        match change.alert {
            Concerned::Found(active) if is_valid => {
                let record = self.records.remove(&active.id);
                match record.filter(|record| record.version == active.version) {
                    Some(record) => self.advance(tx, stored, record, change.step, change.value),
                    None => self.skip(),
                }
            }
            Concerned::New(labels, fingerprint)
                if is_valid && !self.taken.contains(&fingerprint) =>
            {
                match self.may_open(tx, change.rule, &labels, fingerprint)? {
                    true => self.open(tx, stored, labels, change.step, change.value),
                    false => Ok(()),
                }
            }
            _ => self.skip(),
        }
    }

    pub(super) fn finish(self, tx: &mut Tx<'_>) -> Result<Evaluation> {
        if self.surplus > 0 {
            count_dropped(tx, self.surplus)?;
        }
        self.writer.finish(tx)?;
        Ok(self.done)
    }

    fn skip(&mut self) -> Result<()> {
        self.done.skipped += 1;
        Ok(())
    }

    /// Whether there is room for one more alert; otherwise it is counted as dropped.
    fn may_open(
        &mut self,
        tx: &mut Tx<'_>,
        rule: usize,
        labels: &Labels,
        fingerprint: Fingerprint,
    ) -> Result<bool> {
        let (stored, active) = (&self.rules[rule].rule, self.valid.entry(rule).or_default());
        let worst = self.crowded.get(&fingerprint);
        match () {
            () if *active >= RULE_ALERTS_MAX => self.surplus += 1,
            () if worst.is_some_and(|worst| *worst >= stored.severity) => {
                count_drop(tx, self.writer.now, &stored.name, labels)?;
            }
            () => {
                *active += 1;
                self.taken.insert(fingerprint);
                return Ok(true);
            }
        }
        self.done.dropped += 1;
        Ok(false)
    }

    fn open(
        &mut self,
        tx: &mut Tx<'_>,
        stored: &StoredRule,
        labels: Labels,
        step: Move,
        value: Option<f64>,
    ) -> Result<()> {
        let (now, rule) = (self.writer.now, &stored.rule);
        let mut record = Record::new(now, &rule.name, labels, Origin::Rule, rule.severity);
        record.rule = Some(rule.name.clone());
        follow(&mut record, stored, value)?;
        match step {
            Move::Open(State::Firing) => {
                (record.state, record.fired_at) = (State::Firing, Some(now));
                self.done.fired += 1;
            }
            _ => self.done.pending += 1,
        }
        let note = Note::own(TransitionKind::Opened, breach(rule, value));
        self.writer.open(tx, record, note)
    }

    fn advance(
        &mut self,
        tx: &mut Tx<'_>,
        stored: &StoredRule,
        mut record: Record,
        step: Move,
        value: Option<f64>,
    ) -> Result<()> {
        let (now, from) = (self.writer.now, record.state);
        match step {
            Move::Fire => {
                self.done.fired += 1;
                follow(&mut record, stored, value)?;
                (record.state, record.fired_at, record.seen_at) = (State::Firing, Some(now), now);
                let note = Note::own(TransitionKind::Fired, breach(&stored.rule, value));
                self.writer.change(tx, record, from, note)
            }
            Move::Resolve => {
                self.done.resolved += 1;
                let note = Note::own(TransitionKind::Resolved, over(from, value));
                resolve(tx, &mut self.writer, record, now, note)
            }
            other => {
                self.done.changed += 1;
                self.adjust(tx, stored, record, other, value)
            }
        }
    }

    /// Moves that leave the state as it is.
    fn adjust(
        &mut self,
        tx: &mut Tx<'_>,
        stored: &StoredRule,
        mut record: Record,
        step: Move,
        value: Option<f64>,
    ) -> Result<()> {
        let (now, state) = (self.writer.now, record.state);
        match step {
            Move::Refresh => {
                record.severity = severity(&stored.rule, record.escalated);
                let value = value.or(record.value);
                follow(&mut record, stored, value)?;
                let note = Note::own(TransitionKind::Refreshed, "its rule was changed");
                self.writer.change(tx, record, state, note)
            }
            Move::Recur => {
                (record.false_since, record.seen_at) = (None, now);
                record.occurrences += 1;
                self.writer.retell(tx, record)
            }
            Move::WaitAnew => {
                (record.opened_at, record.seen_at) = (now, now);
                self.writer.touch(tx, record).map(drop)
            }
            Move::Doubt => {
                record.false_since = Some(now);
                self.writer.touch(tx, record).map(drop)
            }
            Move::Open(_) | Move::Fire | Move::Resolve => Ok(()),
        }
    }
}

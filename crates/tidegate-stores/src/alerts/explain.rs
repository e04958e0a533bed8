//! Why a rule has an alert now, or none.

mod why;

use std::collections::HashMap;
use std::time::Duration;

use tidegate::ReadTx;

use super::alert::Alert;
use super::cooling::Cooling;
use super::machine::Condition;
use super::no_data::NoData;
use super::observe::{Outcome, compare, identity, numbers, silent as outcome_of_silent};
use super::record::Record;
use super::rule::Rule;
use super::rules::rule;
use super::stored_rule::StoredRule;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;
use crate::metrics::Evaluated;
use crate::timestamp::Timestamp;

/// The most series of one explanation; those with an alert first.
pub const EXPLAINED_MAX: usize = 1_000;

/// Why a rule has alerts now, or none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The rule.
    pub rule: StoredRule,
    /// All in a few words.
    pub summary: String,
    /// Each series, and each active alert whose series is silent; those with an alert first.
    pub series: Vec<Explained>,
    /// How many series are left out because there are more than [`EXPLAINED_MAX`].
    pub left_out: usize,
}

/// Why there is an alert for one series, or none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// The labels of its alert.
    pub labels: Labels,
    /// The fingerprint of its alert.
    pub fingerprint: Fingerprint,
    /// The number that is compared; `None` without a sample, and for a rate of one.
    pub value: Option<f64>,
    /// Of how many samples.
    pub samples: u64,
    /// When the latest of them was measured.
    pub last_at: Option<Timestamp>,
    /// Whether the condition holds; `None` if nobody knows.
    pub is_met: Option<bool>,
    /// The active alert of this fingerprint.
    pub alert: Option<Alert>,
    /// After how long a pending alert fires, if the condition goes on to hold.
    pub fires_in: Option<Duration>,
    /// After how long an alert is resolved, if the condition does not hold again.
    pub resolves_in: Option<Duration>,
    /// Until when no new alert is opened.
    pub cooldown_until: Option<Timestamp>,
    /// Why, in words.
    pub why: String,
}

/// Why a rule has alerts at `now`, or none. Nothing is changed: what it says is what
/// [`evaluate_step`](super::evaluate_step) would go by.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such rule; and what the database answers.
pub fn explain(tx: &mut ReadTx<'_>, now: Timestamp, name: &str) -> Result<Explanation> {
    let stored = rule(tx, name)?;
    let stored_list = std::slice::from_ref(&stored);
    let found = numbers(tx, now, stored_list)?.into_iter().flatten();
    let cooling = Cooling::load(tx, now, stored_list)?;
    let mut explainer = Explainer {
        now,
        rule: &stored.rule,
        cooling: &cooling,
        alerts: active_alerts(tx, name)?,
    };
    let mut series: Vec<Explained> = found.map(|one| explainer.of_series(&one)).collect();
    series.extend(explainer.of_silent(!series.is_empty()));
    if series.is_empty() && stored.rule.no_data == NoData::Alert {
        let (labels, fingerprint) = identity(&stored.rule, &Labels::empty());
        series.push(explainer.explain(labels, fingerprint, None, Outcome::NoData));
    }
    series.sort_by_key(|one| (one.alert.is_none(), one.is_met != Some(true)));
    let summary = why::all(&stored.rule, &series);
    let left_out = series.len().saturating_sub(EXPLAINED_MAX);
    series.truncate(EXPLAINED_MAX);
    Ok(Explanation {
        rule: stored,
        summary,
        series,
        left_out,
    })
}

/// The active alerts of this name, whoever opened them.
fn active_alerts(tx: &mut ReadTx<'_>, name: &str) -> Result<HashMap<Fingerprint, Record>> {
    let sql = "SELECT * FROM tg_alert WHERE name = ? AND resolved_at IS NULL";
    let records: Vec<Record> = tx.query(sql, (name,))?;
    Ok(records
        .into_iter()
        .map(|record| (record.fingerprint, record))
        .collect())
}

struct Explainer<'e> {
    now: Timestamp,
    rule: &'e Rule,
    cooling: &'e Cooling,
    /// Those that no series was found for yet.
    alerts: HashMap<Fingerprint, Record>,
}

impl Explainer<'_> {
    fn of_series(&mut self, found: &Evaluated) -> Explained {
        let (labels, fingerprint) = identity(self.rule, found.series.labels());
        self.explain(labels, fingerprint, Some(found), compare(self.rule, found))
    }

    /// The alerts of the rule whose series have no sample.
    fn of_silent(&mut self, others: bool) -> Vec<Explained> {
        let is_own = |record: &&Record| record.rule.is_some();
        let silent = self.alerts.values().filter(is_own);
        let mut silent: Vec<(Fingerprint, Labels)> = silent
            .map(|record| (record.fingerprint, record.labels.clone()))
            .collect();
        silent.sort_unstable();
        let explain = |(print, labels)| {
            self.explain(
                labels,
                print,
                None,
                outcome_of_silent(self.rule, print, others),
            )
        };
        silent.into_iter().map(explain).collect()
    }

    fn explain(
        &mut self,
        labels: Labels,
        fingerprint: Fingerprint,
        found: Option<&Evaluated>,
        outcome: Outcome,
    ) -> Explained {
        let record = self.alerts.remove(&fingerprint);
        let until = self.cooling.until(self.rule, self.now, fingerprint);
        let condition = Condition::of(outcome, self.rule.no_data);
        let left = Left::of(self.rule, self.now, record.as_ref(), condition);
        let mut explained = Explained {
            labels,
            fingerprint,
            value: found.and_then(|found| found.value),
            samples: found.map_or(0, |found| found.samples),
            last_at: found.map(|found| found.last_at),
            is_met: match condition {
                Condition::Met => Some(true),
                Condition::NotMet => Some(false),
                Condition::Unknown => None,
            },
            fires_in: left.fires_in,
            resolves_in: left.resolves_in,
            cooldown_until: until.filter(|_| record.is_none()),
            alert: None,
            why: String::new(),
        };
        explained.why = why::one(self.rule, outcome, record.as_ref(), &explained);
        explained.alert = record.map(Alert::from);
        explained
    }
}

/// How long it is until the alert moves.
#[derive(Default)]
struct Left {
    fires_in: Option<Duration>,
    resolves_in: Option<Duration>,
}

impl Left {
    fn of(rule: &Rule, now: Timestamp, record: Option<&Record>, condition: Condition) -> Self {
        let left = |whole: Duration, since: Timestamp| {
            Some(whole.saturating_sub(now.saturating_since(since)))
        };
        match (record, condition) {
            (Some(record), Condition::Met) if record.fired_at.is_none() => Self {
                fires_in: left(rule.hold, record.opened_at),
                ..Self::default()
            },
            (Some(record), Condition::NotMet) if record.fired_at.is_some() => Self {
                resolves_in: left(rule.keep_firing_for, record.false_since.unwrap_or(now)),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

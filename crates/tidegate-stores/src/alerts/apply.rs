//! Doing what was planned: the phase that writes, a bounded piece at a time.

mod applier;
mod checks;
mod following;

use tidegate::Tx;

use super::plan::{Change, Plan, plan};
use crate::error::Result;
use crate::timestamp::Timestamp;
use applier::Applier;

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
/// was found, and the rule as it was evaluated. What is done bears the time of the plan, so do it soon.
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
    let done = applier.finish(tx)?;
    Ok(Evaluation {
        rules: plan.rules(),
        series: plan.series(),
        left: plan.changes(),
        ..done
    })
}

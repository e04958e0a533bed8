//! What holds at the moment at which a plan is carried out.

use std::collections::{HashMap, HashSet};

use tidegate::{ReadTx, list};

use crate::alerts::plan::{Change, Plan};
use crate::error::Result;
use crate::fingerprint::Fingerprint;

/// The rules of these changes that are as they were when the plan was made, with the number of their active alerts.
pub(super) fn valid_rules(
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
pub(super) fn taken(tx: &mut ReadTx<'_>, prints: &[Fingerprint]) -> Result<HashSet<Fingerprint>> {
    let sql =
        "SELECT fingerprint FROM tg_alert WHERE fingerprint IN rarray(?) AND resolved_at IS NULL";
    let rows: Vec<(Fingerprint,)> = tx.query(sql, (list(prints.iter().copied()),))?;
    Ok(rows.into_iter().map(|(print,)| print).collect())
}

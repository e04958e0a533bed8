//! Which alerts are told together, and where.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate::ReadTx;

use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;

/// Alerts that are told together to one target.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// What stands for the group, the same for every target.
    pub group_key: Fingerprint,
    /// Where it goes.
    pub target: String,
    /// The labels that its alerts have in common.
    pub labels: Labels,
    /// Its alerts that fire, muted ones among them; in the order of their ids.
    pub alerts: Vec<Id>,
}

#[derive(Deserialize)]
struct Row {
    flow: i64,
    group_key: Fingerprint,
    target: String,
    labels: Labels,
    alert: Id,
}

/// The groups of all alerts that fire, in the order in which they came to be. An alert is in a group for each target that
/// its routes and escalations lead to.
///
/// # Errors
/// What the database answers.
pub fn groups(tx: &mut ReadTx<'_>) -> Result<Vec<Group>> {
    let sql = "SELECT flow.id AS flow, flow.group_key AS group_key, flow.target AS target, flow.labels AS labels,
            told.alert AS alert
        FROM tg_notify_member AS member
        JOIN tg_notify_flow AS flow ON flow.id = member.flow
        JOIN tg_notify_alert AS told ON told.id = member.alert
        WHERE told.status = 'firing' ORDER BY told.alert";
    let rows: Vec<Row> = tx.query(sql, ())?;
    let mut groups: BTreeMap<i64, Group> = BTreeMap::new();
    for row in rows {
        let group = groups.entry(row.flow).or_insert_with(|| Group {
            group_key: row.group_key,
            target: row.target,
            labels: row.labels,
            alerts: Vec::new(),
        });
        group.alerts.push(row.alert);
    }
    Ok(groups.into_values().collect())
}

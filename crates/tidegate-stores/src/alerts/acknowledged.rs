//! Who takes care of alerts.

use std::collections::BTreeMap;

use tidegate::{ReadTx, list};

use super::transition::TransitionKind;
use crate::check;
use crate::cursor::PAGE_ITEMS_MAX;
use crate::error::Result;
use crate::id::Id;

/// Who acknowledged each of these alerts last, [`PAGE_ITEMS_MAX`] alerts at most. Those that nobody did are left out.
///
/// # Errors
/// [`Limit`](crate::ErrorKind::Limit) for more alerts; and what the database answers.
pub fn acknowledged_by(tx: &mut ReadTx<'_>, alerts: &[Id]) -> Result<BTreeMap<Id, String>> {
    if alerts.is_empty() {
        return Ok(BTreeMap::new());
    }
    check::count("alerts", alerts.len(), PAGE_ITEMS_MAX)?;
    let sql = "SELECT alert, who FROM tg_alert_transition
        WHERE alert IN rarray(?) AND kind = ? AND who IS NOT NULL ORDER BY seq";
    let params = (list(alerts.iter().copied()), TransitionKind::Acknowledged);
    let rows: Vec<(Id, String)> = tx.query(sql, params)?;
    // In order, so that the last one stays.
    Ok(rows.into_iter().collect())
}

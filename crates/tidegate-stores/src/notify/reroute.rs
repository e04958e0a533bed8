//! Bringing alerts that are known already to where new targets and routes lead, a bounded piece at a time.

use tidegate::{Tx, list};

use super::membership::settle;
use super::routing::Routing;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::progress::Progress;
use crate::timestamp::Timestamp;

/// After a change of targets or routes: looks at `budget` alerts that were announced before it, and lets them join and
/// leave groups. The smaller it is, the shorter the writer is held. Without such a change it does nothing.
///
/// What a target knows of an alert it is not told again only because another route leads there now.
///
/// # Errors
/// What the database answers.
pub fn reroute_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let routing = Routing::load(tx)?;
    let sql = "SELECT * FROM tg_notify_alert WHERE routing < ? ORDER BY routing LIMIT ?";
    let behind: Vec<Snapshot> = tx.query(sql, (routing.version, budget))?;
    let ids = list(behind.iter().map(|alert| alert.id));
    let sql = "UPDATE tg_notify_alert SET routing = ? WHERE id IN rarray(?)";
    tx.execute(sql, (routing.version, ids))?;
    for alert in &behind {
        settle(tx, now, &routing, alert, Some(alert))?;
    }
    Ok(Progress::of(behind.len(), behind.len() == budget))
}

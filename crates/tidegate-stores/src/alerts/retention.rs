//! Forgetting what is long over, a bounded piece at a time.

use tidegate::{Tx, list};

use super::settings::settings;
use crate::error::Result;
use crate::id::Id;
use crate::progress::Progress;
use crate::timestamp::Timestamp;

/// Removes alerts that were resolved longer ago than [`keep_resolved`](super::Settings::keep_resolved), with their story;
/// and as old silences and rate limits. `budget` alerts and as many of each other at most: the smaller it is, the shorter the
/// writer is held.
///
/// # Errors
/// What the database answers.
pub fn retain_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let end = now.saturating_sub(settings(tx)?.keep_resolved);
    let alerts = remove_alerts(tx, end, budget)?;
    let others = [
        "DELETE FROM tg_alert_silence WHERE id IN
            (SELECT id FROM tg_alert_silence WHERE status = 'expired' AND ends_at < ? ORDER BY ends_at LIMIT ?)",
        "DELETE FROM tg_alert_rate WHERE fingerprint IN
            (SELECT fingerprint FROM tg_alert_rate WHERE used_at < ? ORDER BY used_at LIMIT ?)",
    ];
    let (mut rows, mut most) = (alerts, alerts);
    for sql in others {
        let removed = usize::try_from(tx.execute(sql, (end, budget))?).unwrap_or(usize::MAX);
        rows += removed;
        most = most.max(removed);
    }
    Ok(Progress::of(rows, most >= budget))
}

fn remove_alerts(tx: &mut Tx<'_>, end: Timestamp, budget: usize) -> Result<usize> {
    let sql = "SELECT id FROM tg_alert WHERE resolved_at < ? ORDER BY resolved_at LIMIT ?";
    let ids: Vec<(Id,)> = tx.query(sql, (end, budget))?;
    let ids: Vec<Id> = ids.into_iter().map(|(id,)| id).collect();
    let count = ids.len();
    if count > 0 {
        tx.execute(
            "DELETE FROM tg_alert_transition WHERE alert IN rarray(?)",
            (list(ids.clone()),),
        )?;
        tx.execute("DELETE FROM tg_alert WHERE id IN rarray(?)", (list(ids),))?;
    }
    Ok(count)
}

//! Forgetting series of which nothing is left.

use std::collections::HashSet;

use tidegate::{Tx, list};

use crate::error::Result;
use crate::labels::Labels;

/// Removes up to `budget` series whose last sample came before `from_day`, whose data is gone already.
pub(super) fn remove_series(tx: &mut Tx<'_>, from_day: i64, budget: usize) -> Result<usize> {
    let sql = "SELECT id, name, labels FROM tg_series WHERE last_day < ? LIMIT ?";
    let expired: Vec<(i64, String, Labels)> = tx.query(sql, (from_day, budget))?;
    if expired.is_empty() {
        return Ok(0);
    }
    for (id, _, labels) in &expired {
        remove_one(tx, *id, labels)?;
    }
    tx.execute(
        "UPDATE tg_metric_state SET series_count = series_count - ?",
        (expired.len(),),
    )?;
    let count = expired.len();
    remove_descriptions(tx, expired.into_iter().map(|(_, name, _)| name).collect())?;
    Ok(count)
}

fn remove_one(tx: &mut Tx<'_>, id: i64, labels: &Labels) -> Result<()> {
    let sql = "DELETE FROM tg_series_label WHERE name = ? AND value = ? AND series = ?";
    for label in labels {
        tx.execute(sql, (label.name(), label.value(), id))?;
    }
    tx.execute("DELETE FROM tg_series WHERE id = ?", (id,))?;
    Ok(())
}

/// Removes what is known of metrics that have no series any more.
fn remove_descriptions(tx: &mut Tx<'_>, names: HashSet<String>) -> Result<()> {
    let sql = "DELETE FROM tg_metric WHERE name IN rarray(?)
        AND NOT EXISTS (SELECT 1 FROM tg_series WHERE tg_series.name = tg_metric.name)";
    tx.execute(sql, (list(names),))?;
    Ok(())
}

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

/// Removes what is known of metrics that have no series any more, their own or those of a histogram or summary.
fn remove_descriptions(tx: &mut Tx<'_>, names: HashSet<String>) -> Result<()> {
    let described: HashSet<&str> = names.iter().flat_map(|name| described_by(name)).collect();
    let sql = "DELETE FROM tg_metric WHERE name IN rarray(?) AND NOT EXISTS (SELECT 1 FROM tg_series
        WHERE tg_series.name IN
            (tg_metric.name, tg_metric.name || '_bucket', tg_metric.name || '_sum', tg_metric.name || '_count'))";
    tx.execute(sql, (list(described),))?;
    Ok(())
}

/// The metrics that series of this name may belong to.
fn described_by(name: &str) -> impl Iterator<Item = &str> {
    let parts = ["_bucket", "_sum", "_count"].into_iter();
    std::iter::once(name).chain(parts.filter_map(|part| name.strip_suffix(part)))
}

//! The series in the database that selectors mean.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use tidegate::{ReadTx, RowRef, list};

use super::selector::Selector;
use super::series::Series;
use crate::error::Result;

/// A series with its number in the database.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: i64,
    pub(super) series: Series,
}

/// The series that one selector means, in the order of their labels.
pub(super) fn find(tx: &mut ReadTx<'_>, selector: &Selector) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut take = |row: &RowRef<'_>| {
        let series = decode(row)?;
        if selector.matches(&series.series) {
            found.push(series);
        }
        Ok(ControlFlow::Continue(()))
    };
    match selector.required_label() {
        // `+name` keeps the index by name out of it: the label's numbers are fewer.
        Some((label, value)) => tx.query_each(
            "SELECT id, fingerprint, name, labels FROM tg_series
                WHERE id IN (SELECT series FROM tg_series_label WHERE name = ?1 AND value = ?2) AND +name = ?3
                ORDER BY labels",
            (label, value, selector.name()),
            &mut take,
        )?,
        None => tx.query_each(
            "SELECT id, fingerprint, name, labels FROM tg_series WHERE name = ? ORDER BY labels",
            (selector.name(),),
            &mut take,
        )?,
    }
    Ok(found)
}

/// The series that each of many selectors means, read in one statement. The numbers point into the list.
pub(super) fn find_all<'s>(
    tx: &mut ReadTx<'_>,
    selectors: impl Iterator<Item = &'s Selector> + Clone,
) -> Result<(Vec<Found>, Vec<Vec<usize>>)> {
    let names: HashSet<&str> = selectors.clone().map(Selector::name).collect();
    let sql = "SELECT id, fingerprint, name, labels FROM tg_series WHERE name IN rarray(?) ORDER BY name, labels";
    let mut found = Vec::new();
    tx.query_each(sql, (list(names),), |row| {
        found.push(decode(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, found) in found.iter().enumerate() {
        by_name.entry(found.series.name()).or_default().push(index);
    }
    let meant = selectors
        .map(|selector| meant(selector, &by_name, &found))
        .collect();
    Ok((found, meant))
}

fn meant(selector: &Selector, by_name: &HashMap<&str, Vec<usize>>, found: &[Found]) -> Vec<usize> {
    let candidates = by_name.get(selector.name()).into_iter().flatten().copied();
    candidates
        .filter(|&index| selector.matches(&found[index].series))
        .collect()
}

fn decode(row: &RowRef<'_>) -> tidegate::Result<Found> {
    let series = Series::stored(row.get(2)?, row.get(3)?, row.get(1)?);
    Ok(Found {
        id: row.get(0)?,
        series,
    })
}

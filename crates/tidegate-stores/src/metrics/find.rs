//! The series in the database that selectors mean.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use tidegate::{ReadTx, RowRef, list};

use super::selector::Selector;
use super::series::Series;
use crate::error::Result;

/// Up to so many series of a metric are all looked at. A label may be that of many other metrics.
const FEW_OF_NAME: usize = 256;

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
    match label_to_go_by(tx, selector)? {
        // `+name` keeps the index by name out of it.
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

/// The label by which the series are looked up; by the metric's name if there is none.
fn label_to_go_by<'s>(
    tx: &mut ReadTx<'_>,
    selector: &'s Selector,
) -> Result<Option<(&'s str, &'s str)>> {
    let Some(label) = selector.required_label() else {
        return Ok(None);
    };
    let sql = "SELECT count(*) FROM (SELECT 1 FROM tg_series WHERE name = ? LIMIT ?)";
    let of_name: usize = tx.query_scalar(sql, (selector.name(), FEW_OF_NAME + 1))?;
    Ok((of_name > FEW_OF_NAME).then_some(label))
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
    let mut index = Index::of(&found);
    let meant = selectors
        .map(|selector| {
            let candidates = index.candidates(selector).iter().copied();
            candidates
                .filter(|&place| selector.matches(&found[place].series))
                .collect()
        })
        .collect();
    Ok((found, meant))
}

/// Series by metric, and by the labels that selectors ask for; the numbers point into the list.
///
/// Without it, rules about one series each of the same metric would each look at all of them.
struct Index<'i> {
    found: &'i [Found],
    by_name: HashMap<&'i str, Vec<usize>>,
    by_label: HashMap<(&'i str, &'i str), ByValue<'i>>,
}

type ByValue<'i> = HashMap<&'i str, Vec<usize>>;

impl<'i> Index<'i> {
    fn of(found: &'i [Found]) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, found) in found.iter().enumerate() {
            by_name.entry(found.series.name()).or_default().push(place);
        }
        Self {
            found,
            by_name,
            by_label: HashMap::new(),
        }
    }

    /// The series that a selector may mean, in their order: all others it does not.
    fn candidates(&mut self, selector: &'i Selector) -> &[usize] {
        let of_name = self.by_name.get(selector.name());
        let of_name = of_name.map_or(&[][..], Vec::as_slice);
        let Some((label, value)) = selector.required_label() else {
            return of_name;
        };
        let by_value = self.by_label.entry((selector.name(), label));
        let by_value = by_value.or_insert_with(|| by_value_of(label, of_name, self.found));
        by_value.get(value).map_or(&[][..], Vec::as_slice)
    }
}

fn by_value_of<'i>(label: &str, places: &[usize], found: &'i [Found]) -> ByValue<'i> {
    let mut by_value: ByValue<'_> = HashMap::new();
    for &place in places {
        if let Some(value) = found[place].series.labels().get(label) {
            by_value.entry(value).or_default().push(place);
        }
    }
    by_value
}

fn decode(row: &RowRef<'_>) -> tidegate::Result<Found> {
    let series = Series::stored(row.get(2)?, row.get(3)?, row.get(1)?);
    Ok(Found {
        id: row.get(0)?,
        series,
    })
}

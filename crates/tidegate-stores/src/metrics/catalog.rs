//! Which metrics, series and labels there are.

#[cfg(test)]
mod tests;

use tidegate::ReadTx;

use super::selector::Selector;
use super::series::Series;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::labels::{Labels, check_name};
use crate::timestamp::Timestamp;

const NAMES: &str = "metric_names";
const SERIES: &str = "series";
const LABEL_NAMES: &str = "label_names";
const LABEL_VALUES: &str = "label_values";

/// How many series one look at a page of [`series`] goes through at most while it seeks those that match.
const SERIES_PER_LOOK: usize = 20_000;

const SERIES_OF_ALL: &str = "SELECT fingerprint, name, labels, created_at FROM tg_series
    WHERE (name, labels) > (?, ?) ORDER BY name, labels LIMIT ?";
/// Of one metric. With both in one statement, it would look through all metrics after it.
const SERIES_OF_ONE: &str = "SELECT fingerprint, name, labels, created_at FROM tg_series
    WHERE name = ? AND labels > ? ORDER BY labels LIMIT ?";

/// A series, and since when there is data of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesInfo {
    /// The series.
    pub series: Series,
    /// When its first sample was recorded.
    pub created_at: Timestamp,
}

/// The names of metrics that have series, in alphabetical order.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a limit of zero or a cursor of another list;
/// [`Limit`](crate::ErrorKind::Limit) beyond [`PAGE_ITEMS_MAX`]; and what the database answers.
pub fn metric_names(
    tx: &mut ReadTx<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<String>> {
    // Each name is looked up after the one before: as many seeks as names, however many series each has.
    let sql = "WITH RECURSIVE next(name) AS (
            SELECT min(name) FROM tg_series WHERE name > ?1
            UNION ALL
            SELECT (SELECT min(name) FROM tg_series WHERE tg_series.name > next.name) FROM next WHERE next.name IS NOT NULL
        )
        SELECT name FROM next WHERE name IS NOT NULL LIMIT ?2";
    names(tx, NAMES, sql, after, limit)
}

/// The names of labels that any series has, in alphabetical order.
///
/// # Errors
/// As [`metric_names`].
pub fn label_names(
    tx: &mut ReadTx<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<String>> {
    let sql = "WITH RECURSIVE next(name) AS (
            SELECT min(name) FROM tg_series_label WHERE name > ?1
            UNION ALL
            SELECT (SELECT min(name) FROM tg_series_label AS label WHERE label.name > next.name) FROM next
                WHERE next.name IS NOT NULL
        )
        SELECT name FROM next WHERE name IS NOT NULL LIMIT ?2";
    names(tx, LABEL_NAMES, sql, after, limit)
}

/// The values that any series has of a label, in alphabetical order.
///
/// # Errors
/// As [`metric_names`], and [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no name of a label.
pub fn label_values(
    tx: &mut ReadTx<'_>,
    label: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<String>> {
    check_name("label", label)?;
    check::page(limit, PAGE_ITEMS_MAX)?;
    let after: String =
        after.map_or_else(|| Ok(String::new()), |cursor| cursor.key(LABEL_VALUES))?;
    let sql = "WITH RECURSIVE next(value) AS (
            SELECT min(value) FROM tg_series_label WHERE name = ?1 AND value > ?2
            UNION ALL
            SELECT (SELECT min(value) FROM tg_series_label AS label WHERE label.name = ?1 AND label.value > next.value)
                FROM next WHERE next.value IS NOT NULL
        )
        SELECT value FROM next WHERE value IS NOT NULL LIMIT ?3";
    let found = tx.query(sql, (label, after, limit + 1))?;
    Ok(Page::cut(found, limit, |last| {
        Cursor::after(LABEL_VALUES, last)
    }))
}

/// The series, all of them or those of a selector, in the order of names and labels.
///
/// A page of a selector that few series meet may hold fewer than `limit` and still have a next one.
///
/// # Errors
/// As [`metric_names`].
pub fn series(
    tx: &mut ReadTx<'_>,
    selector: Option<&Selector>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<SeriesInfo>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let after: Option<(String, String)> = after.map(|cursor| cursor.key(SERIES)).transpose()?;
    let looked = look(tx, selector, after.unwrap_or_default(), limit)?;
    let goes_on = looked.len() > SERIES_PER_LOOK;
    let last_looked = looked.last().filter(|_| goes_on).map(cursor);
    let matching =
        |info: &SeriesInfo| selector.is_none_or(|selector| selector.matches(&info.series));
    let mut page = Page::cut(looked.into_iter().filter(matching).collect(), limit, cursor);
    page.next = page.next.or(last_looked);
    Ok(page)
}

fn cursor(last: &SeriesInfo) -> Cursor {
    Cursor::after(
        SERIES,
        &(last.series.name(), last.series.labels().to_json()),
    )
}

/// The series after a place: as many as the page needs, or as it goes through to find those that match.
fn look(
    tx: &mut ReadTx<'_>,
    selector: Option<&Selector>,
    (name, labels): (String, String),
    limit: usize,
) -> Result<Vec<SeriesInfo>> {
    let sql = match selector {
        None => SERIES_OF_ALL,
        Some(selector) if [selector.name(), ""].contains(&&*name) => SERIES_OF_ONE,
        Some(_) => {
            let reason = "it belongs to the list of another metric";
            return Err(Error::invalid("cursor", reason));
        }
    };
    let name = selector.map_or(name, |selector| selector.name().to_owned());
    let count = match selector {
        Some(selector) if !selector.matchers().is_empty() => SERIES_PER_LOOK,
        _ => limit,
    };
    let rows: Vec<(Fingerprint, String, Labels, Timestamp)> =
        tx.query(sql, (name, labels, count + 1))?;
    let infos = rows
        .into_iter()
        .map(|(fingerprint, name, labels, created_at)| SeriesInfo {
            series: Series::stored(&name, labels, fingerprint),
            created_at,
        });
    Ok(infos.collect())
}

fn names(
    tx: &mut ReadTx<'_>,
    list: &'static str,
    sql: &'static str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<String>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let after: String = after.map_or_else(|| Ok(String::new()), |cursor| cursor.key(list))?;
    let found = tx.query(sql, (after, limit + 1))?;
    Ok(Page::cut(found, limit, |last| Cursor::after(list, last)))
}

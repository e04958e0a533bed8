//! Which metrics, series and labels there are.

use tidegate::ReadTx;

use super::selector::Selector;
use super::series::Series;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::labels::{Labels, check_name};
use crate::timestamp::Timestamp;

const NAMES: &str = "metric_names";
const SERIES: &str = "series";
const LABEL_NAMES: &str = "label_names";
const LABEL_VALUES: &str = "label_values";

/// How many series one look at a page of [`series`] goes through at most while it seeks those that match.
const SERIES_PER_LOOK: usize = 20_000;

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
    let sql = "SELECT DISTINCT value FROM tg_series_label WHERE name = ? AND value > ? ORDER BY value LIMIT ?";
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
    let (name, labels): (String, String) = match (after, selector) {
        (Some(cursor), _) => cursor.key(SERIES)?,
        (None, Some(selector)) => (selector.name().to_owned(), String::new()),
        (None, None) => Default::default(),
    };
    let looked = look(tx, selector, (&name, &labels), limit)?;
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
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<SeriesInfo>> {
    let (count, last_name) = match selector {
        None => (limit + 1, None),
        Some(selector) if selector.matchers().is_empty() => (limit + 1, Some(selector.name())),
        Some(selector) => (SERIES_PER_LOOK + 1, Some(selector.name())),
    };
    let sql = "SELECT fingerprint, name, labels, created_at FROM tg_series
        WHERE (name, labels) > (?1, ?2) AND (?3 IS NULL OR name = ?3) ORDER BY name, labels LIMIT ?4";
    let rows: Vec<(Fingerprint, String, Labels, Timestamp)> =
        tx.query(sql, (after.0, after.1, last_name, count))?;
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

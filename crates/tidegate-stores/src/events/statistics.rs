//! What happened in a window, counted.

use tidegate::ReadTx;

use super::conditions::{Conditions, Filter};
use super::severity::Severity;
use crate::error::Result;
use crate::window::Window;

/// The most values of one count; those that occur most often are told.
pub const COUNTS_MAX: usize = 100;

/// What happened in a window.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many events there were.
    pub total: u64,
    /// How many there were in the window of the same length before it.
    pub total_before: u64,
    /// By how much the total has changed since, as a share of the one before: 0.5 for half as many again. `None` if there
    /// were none before.
    pub trend: Option<f64>,
    /// How many different values there were.
    pub distinct: Distinct,
    /// How often each type occurred, the most frequent first; so with the others.
    pub by_type: Vec<Count<String>>,
    /// How often each severity occurred, the worst first.
    pub by_severity: Vec<Count<Severity>>,
    /// How often each source occurred.
    pub by_source: Vec<Count<String>>,
    /// How often each category occurred; events without one are left out.
    pub by_category: Vec<Count<String>>,
    /// The health scores; `None` if no event had one.
    pub health: Option<Health>,
}

/// How many different values there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Distinct {
    /// Types.
    pub types: u64,
    /// Sources.
    pub sources: u64,
    /// Categories.
    pub categories: u64,
    /// Targets.
    pub targets: u64,
    /// Users.
    pub users: u64,
}

/// How often a value occurred.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count<T> {
    /// The value.
    pub value: T,
    /// How often.
    pub count: u64,
}

/// Health scores, from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Health {
    /// The lowest.
    pub min: f64,
    /// Their mean.
    pub avg: f64,
    /// The highest.
    pub max: f64,
    /// How many events had one.
    pub count: u64,
}

/// Counts the events of a window that a filter means.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a filter that is not as it must
/// be; and what the database answers.
pub fn statistics(tx: &mut ReadTx<'_>, filter: &Filter, window: Window) -> Result<Statistics> {
    let (total, distinct, health) = totals(tx, filter, window)?;
    let total_before = match window.preceding() {
        Some(before) => totals(tx, filter, before)?.0,
        None => 0,
    };
    let change = total as f64 - total_before as f64;
    Ok(Statistics {
        total,
        total_before,
        trend: (total_before > 0).then(|| change / total_before as f64),
        distinct,
        by_type: counts(tx, filter, window, "type")?,
        by_severity: severities(tx, filter, window)?,
        by_source: counts(tx, filter, window, "source")?,
        by_category: counts(tx, filter, window, "category")?,
        health,
    })
}

/// The events of the filter in the window.
fn within(filter: &Filter, window: Window) -> Result<Conditions> {
    let mut conditions = filter.conditions()?;
    conditions.add_pair("at > ? AND at <= ?", (window.from(), window.to()));
    Ok(conditions)
}

type Totals = (u64, Distinct, Option<Health>);

fn totals(tx: &mut ReadTx<'_>, filter: &Filter, window: Window) -> Result<Totals> {
    let select =
        "SELECT count(*), count(DISTINCT type), count(DISTINCT source), count(DISTINCT category),
        count(DISTINCT target), count(DISTINCT user_id),
        min(health_score), avg(health_score), max(health_score), count(health_score) FROM tg_event";
    let (sql, params) = within(filter, window)?.statement(select, "", None);
    type Row = (
        u64,
        u64,
        u64,
        u64,
        u64,
        u64,
        Option<f64>,
        Option<f64>,
        Option<f64>,
        u64,
    );
    let row: Row = tx.query_one(&sql, params)?;
    let (total, types, sources, categories, targets, users, min, avg, max, count) = row;
    let health = min.zip(avg).zip(max).map(|((min, avg), max)| Health {
        min,
        avg,
        max,
        count,
    });
    let distinct = Distinct {
        types,
        sources,
        categories,
        targets,
        users,
    };
    Ok((total, distinct, health))
}

/// `column` is one of the table's, never a text from outside.
fn counts(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    window: Window,
    column: &'static str,
) -> Result<Vec<Count<String>>> {
    let mut conditions = within(filter, window)?;
    conditions.require(&format!("{column} IS NOT NULL"));
    let select = format!("SELECT {column}, count(*) FROM tg_event");
    let rest = format!("GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT ?");
    let (sql, params) = conditions.statement(&select, &rest, Some(COUNTS_MAX));
    let rows: Vec<(String, u64)> = tx.query(&sql, params)?;
    Ok(rows
        .into_iter()
        .map(|(value, count)| Count { value, count })
        .collect())
}

fn severities(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    window: Window,
) -> Result<Vec<Count<Severity>>> {
    let select = "SELECT severity, count(*) FROM tg_event";
    let (sql, params) = within(filter, window)?.statement(select, "GROUP BY severity", None);
    let rows: Vec<(Severity, u64)> = tx.query(&sql, params)?;
    let mut counts: Vec<Count<Severity>> = rows
        .into_iter()
        .map(|(value, count)| Count { value, count })
        .collect();
    counts.sort_unstable_by_key(|count| std::cmp::Reverse(count.value));
    Ok(counts)
}

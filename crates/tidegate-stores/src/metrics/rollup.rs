//! Making the rollups of minutes and hours, a bounded piece at a time.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use tidegate::{ReadTx, Tx, list};

use super::parts::Resolution;
use super::rollup_row::{Rollup, columns};
use super::sketch::Sketch;
use super::slots;
use super::state::State;
use super::summary::Summary;
use super::units::{MICROS_PER_HOUR, MICROS_PER_MINUTE, MINUTES_PER_HOUR, minute};
use crate::error::Result;
use crate::progress::Progress;
use crate::timestamp::Timestamp;

/// How long after its end a minute is rolled up, so that few samples come after that.
const DELAY: Duration = Duration::from_secs(60);

/// Rolls up minutes and hours that are over, as far as `budget` rows go: the smaller it is, the shorter the writer is
/// held. Some thousands are a good measure.
///
/// One minute of one series is never divided: a step reads that many samples even if they are more than the budget.
///
/// # Errors
/// What the database answers.
pub fn rollup_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let mut state = State::load_at(tx, now)?;
    let before = state.clone();
    let mut rows = roll_late(tx, &state, budget)?;
    let due = minute(now.saturating_sub(DELAY));
    while rows < budget && state.rolled_minute < due {
        rows += roll_minutes(tx, &mut state, due, budget - rows)?;
    }
    while rows < budget && state.rolled_hour < state.rolled_minute / MINUTES_PER_HOUR {
        rows += roll_hours(tx, &mut state, budget - rows)?;
    }
    state.save_changes(tx, &before)?;
    Ok(Progress::of(rows, rows >= budget))
}

/// Folds the next minute that holds samples, or as much of it as the budget allows.
fn roll_minutes(tx: &mut Tx<'_>, state: &mut State, due: i64, budget: usize) -> Result<usize> {
    let sql =
        "SELECT minute, slots FROM tg_sample_minute WHERE minute >= ? ORDER BY minute LIMIT 1";
    let next: Option<(i64, i64)> = tx.query_opt(sql, (state.rolled_minute,))?;
    let (minute, slots) = next.filter(|(minute, _)| *minute < due).unwrap_or((due, 1));
    if minute > state.rolled_minute {
        (state.rolled_minute, state.rolled_minute_series) = (minute, 0);
    }
    if minute >= due {
        return Ok(0);
    }
    let slots: Vec<i64> = slots::of_minute(minute, slots).collect();
    let after = state.rolled_minute_series;
    let last = last_within(tx, &slots, after, budget)?;
    match last {
        Some(series) => state.rolled_minute_series = series,
        None => (state.rolled_minute, state.rolled_minute_series) = (minute + 1, 0),
    }
    let folded = fold_samples(tx, minute, slots, (after, last.unwrap_or(i64::MAX)))?;
    folded.save(tx, Resolution::Minute)
}

/// The last series after `after` up to which the slots hold no more than `budget` samples, or the first if it alone has
/// more; `None` if all do.
fn last_within(
    tx: &mut ReadTx<'_>,
    slots: &[i64],
    after: i64,
    budget: usize,
) -> Result<Option<i64>> {
    let sql = "SELECT series FROM tg_sample WHERE slot = ? AND series > ? ORDER BY series, at LIMIT 1 OFFSET ?";
    let of_each = (budget / slots.len().max(1)).max(1);
    let (mut first, mut beyond) = (None::<i64>, None::<i64>);
    for slot in slots {
        let mut at = |offset: usize| tx.query_opt::<(i64,)>(sql, (*slot, after, offset));
        first = min(first, at(0)?);
        beyond = min(beyond, at(of_each)?);
    }
    Ok(beyond.map(|beyond| (beyond - 1).max(first.unwrap_or(beyond))))
}

fn min(so_far: Option<i64>, next: Option<(i64,)>) -> Option<i64> {
    so_far.into_iter().chain(next.map(|(next,)| next)).min()
}

/// Folds the next hour that holds rollups of minutes, or as much of it as the budget allows.
fn roll_hours(tx: &mut Tx<'_>, state: &mut State, budget: usize) -> Result<usize> {
    let due = state.rolled_minute / MINUTES_PER_HOUR;
    let sql = "SELECT chunk FROM tg_rollup WHERE seconds = 60 AND chunk >= ? ORDER BY chunk, series, at LIMIT 1";
    let next: Option<(i64,)> = tx.query_opt(sql, (state.rolled_hour,))?;
    let hour = next.map_or(due, |(hour,)| hour.min(due));
    if hour > state.rolled_hour {
        (state.rolled_hour, state.rolled_hour_series) = (hour, 0);
    }
    if hour >= due {
        return Ok(0);
    }
    let folded = fold_minutes(tx, hour, (state.rolled_hour_series, i64::MAX), budget)?;
    match folded.stopped_after {
        Some(series) => state.rolled_hour_series = series,
        None => (state.rolled_hour, state.rolled_hour_series) = (hour + 1, 0),
    }
    folded.save(tx, Resolution::Hour)
}

/// Makes the rollups anew of minutes that got samples afterwards, and those of their hours.
fn roll_late(tx: &mut Tx<'_>, state: &State, budget: usize) -> Result<usize> {
    let mut rows = 0;
    while rows < budget {
        let sql = "SELECT minute, series FROM tg_rollup_late ORDER BY minute, series LIMIT 1";
        let Some((minute, series)) = tx.query_opt::<(i64, i64)>(sql, ())? else {
            break;
        };
        let hour = minute / MINUTES_PER_HOUR;
        rows += roll_late_hour(tx, state, hour, series, budget - rows)?;
    }
    Ok(rows)
}

/// Makes the late minutes of an hour of a series, as far as the budget goes, and then the hour: once, not for each of them.
fn roll_late_hour(
    tx: &mut Tx<'_>,
    state: &State,
    hour: i64,
    series: i64,
    budget: usize,
) -> Result<usize> {
    let minutes = hour * MINUTES_PER_HOUR..(hour + 1) * MINUTES_PER_HOUR;
    let sql = "SELECT minute FROM tg_rollup_late WHERE minute IN rarray(?) AND series = ? ORDER BY minute";
    let late: Vec<(i64,)> = tx.query(sql, (list(minutes), series))?;
    let mut rows = 0;
    for (minute,) in late {
        if rows >= budget {
            break;
        }
        let sql = "DELETE FROM tg_rollup_late WHERE minute = ? AND series = ?";
        tx.execute(sql, (minute, series))?;
        // One that has nothing left is a step, too.
        rows += roll_late_minute(tx, minute, series)?.max(1);
    }
    if (hour, series) <= (state.rolled_hour, state.rolled_hour_series) {
        let only = (series - 1, series);
        rows += fold_minutes(tx, hour, only, usize::MAX)?.save(tx, Resolution::Hour)?;
    }
    Ok(rows)
}

fn roll_late_minute(tx: &mut Tx<'_>, minute: i64, series: i64) -> Result<usize> {
    let sql = "SELECT slots FROM tg_sample_minute WHERE minute = ?";
    let slots: Option<(i64,)> = tx.query_opt(sql, (minute,))?;
    let slots = slots::of_minute(minute, slots.map_or(1, |(slots,)| slots)).collect();
    fold_samples(tx, minute, slots, (series - 1, series))?.save(tx, Resolution::Minute)
}

/// Rollups that were made, of how many rows, and where the budget ended.
#[derive(Default)]
struct Folded {
    by_series: BTreeMap<i64, Rollup>,
    rows: usize,
    stopped_after: Option<i64>,
}

impl Folded {
    fn take(&mut self, at: i64, series: i64, summary: Summary, add: impl FnOnce(&mut Sketch)) {
        self.rows += 1;
        match self.by_series.get_mut(&series) {
            Some(rollup) => {
                rollup.summary.merge(&summary);
                add(&mut rollup.sketch);
            }
            None => {
                let mut sketch = Sketch::default();
                add(&mut sketch);
                let rollup = Rollup {
                    series,
                    at,
                    summary,
                    sketch,
                };
                self.by_series.insert(series, rollup);
            }
        }
    }

    fn save(self, tx: &mut Tx<'_>, resolution: Resolution) -> Result<usize> {
        Rollup::save_all(tx, resolution, self.by_series.into_values())?;
        Ok(self.rows)
    }
}

/// Folds the samples of a minute, of series after the first number and up to the second.
fn fold_samples(
    tx: &mut ReadTx<'_>,
    minute: i64,
    slots: Vec<i64>,
    (after, last): (i64, i64),
) -> Result<Folded> {
    let sql = "SELECT series, at, value FROM tg_sample
        WHERE slot IN rarray(?) AND series > ? AND series <= ? ORDER BY slot, series, at";
    let start = minute * MICROS_PER_MINUTE;
    let mut folded = Folded::default();
    tx.query_each(sql, (list(slots), after, last), |row| {
        let (series, at, value) = (row.get(0)?, row.get(1)?, row.get(2)?);
        folded.take(start, series, Summary::of(at, value), |sketch| {
            sketch.push(value)
        });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(folded)
}

/// Folds the minutes of an hour, of series after the first number and up to the second; stops between two series when
/// the budget is used up.
fn fold_minutes(
    tx: &mut ReadTx<'_>,
    hour: i64,
    (after, last): (i64, i64),
    budget: usize,
) -> Result<Folded> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_rollup WHERE seconds = 60 AND chunk = ? AND series > ? AND series <= ? ORDER BY series, at"
    );
    let start = hour * MICROS_PER_HOUR;
    let mut folded = Folded::default();
    tx.query_each(sql, (hour, after, last), |row| {
        let latest = folded.by_series.last_key_value().map(|(series, _)| *series);
        if folded.rows >= budget && latest != Some(row.get(0)?) {
            folded.stopped_after = latest;
            return Ok(ControlFlow::Break(()));
        }
        let minute = Rollup::decode(row)?;
        folded.take(start, minute.series, minute.summary, |sketch| {
            sketch.merge(&minute.sketch)
        });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(folded)
}

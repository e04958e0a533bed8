//! Making the rollups of minutes and hours, a bounded piece at a time.

use std::ops::ControlFlow;
use std::time::Duration;

use tidegate::{ReadTx, Tx};

use super::rollup_row::{Rollup, columns};
use super::sketch::Sketch;
use super::state::State;
use super::summary::Summary;
use super::units::{MICROS_PER_HOUR, MICROS_PER_MINUTE, minute};
use super::window::Resolution;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// How long after its end a minute is rolled up, so that few samples come after that.
const DELAY: Duration = Duration::from_secs(60);

/// Minutes of an hour.
const MINUTES: i64 = MICROS_PER_HOUR / MICROS_PER_MINUTE;

/// What a step of [`rollup_step`] or [`retain_step`](super::retain_step) has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The rows that were read and folded, or removed.
    pub rows: u64,
    /// Whether there is more to do now.
    pub more: bool,
}

impl Progress {
    pub(super) fn of(rows: usize, more: bool) -> Self {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        Self { rows, more }
    }
}

/// Rolls up minutes and hours that are over, as far as `budget` rows go: the writer is held for a few milliseconds for
/// each 1,000 of them.
///
/// One minute of one series is never divided: a step reads that many samples even if they are more than the budget.
///
/// # Errors
/// What the database answers.
pub fn rollup_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let mut state = State::load_at(tx, now)?;
    let mut rows = roll_late(tx, &state, budget)?;
    let due = minute(now.saturating_sub(DELAY));
    while rows < budget && state.rolled_minute < due {
        rows += roll_minutes(tx, &mut state, due, budget - rows)?;
    }
    while rows < budget && state.rolled_hour < state.rolled_minute / MINUTES {
        rows += roll_hours(tx, &mut state, budget - rows)?;
    }
    state.save(tx)?;
    Ok(Progress::of(rows, rows >= budget))
}

/// A stretch of the table of samples or of rollups that is to be folded into coarser rollups.
struct Source {
    /// The minute, or the hour.
    chunk: i64,
    /// Only series above this number.
    after_series: i64,
    /// Where the resulting rollup begins.
    at: i64,
}

/// Folds the next minute that holds samples, or as much of it as the budget allows.
fn roll_minutes(tx: &mut Tx<'_>, state: &mut State, due: i64, budget: usize) -> Result<usize> {
    let sql = "SELECT minute FROM tg_sample WHERE minute >= ? ORDER BY minute, series, at LIMIT 1";
    let next: Option<(i64,)> = tx.query_opt(sql, (state.rolled_minute,))?;
    let next = next.map_or(due, |(minute,)| minute.min(due));
    if next > state.rolled_minute {
        (state.rolled_minute, state.rolled_minute_series) = (next, 0);
    }
    if next >= due {
        return Ok(0);
    }
    let source = Source {
        chunk: next,
        after_series: state.rolled_minute_series,
        at: next * MICROS_PER_MINUTE,
    };
    let folded = fold_samples(tx, &source, budget)?;
    match folded.stopped_after {
        Some(series) => state.rolled_minute_series = series,
        None => (state.rolled_minute, state.rolled_minute_series) = (next + 1, 0),
    }
    folded.save(tx, Resolution::Minute)
}

/// The same for the next hour that holds rollups of minutes.
fn roll_hours(tx: &mut Tx<'_>, state: &mut State, budget: usize) -> Result<usize> {
    let due = state.rolled_minute / MINUTES;
    let sql = "SELECT chunk FROM tg_rollup WHERE seconds = 60 AND chunk >= ? ORDER BY chunk, series, at LIMIT 1";
    let next: Option<(i64,)> = tx.query_opt(sql, (state.rolled_hour,))?;
    let next = next.map_or(due, |(hour,)| hour.min(due));
    if next > state.rolled_hour {
        (state.rolled_hour, state.rolled_hour_series) = (next, 0);
    }
    if next >= due {
        return Ok(0);
    }
    let source = Source {
        chunk: next,
        after_series: state.rolled_hour_series,
        at: next * MICROS_PER_HOUR,
    };
    let folded = fold_minutes(tx, &source, i64::MAX, budget)?;
    match folded.stopped_after {
        Some(series) => state.rolled_hour_series = series,
        None => (state.rolled_hour, state.rolled_hour_series) = (next + 1, 0),
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
        tx.execute(
            "DELETE FROM tg_rollup_late WHERE minute = ? AND series = ?",
            (minute, series),
        )?;
        rows += roll_one(tx, state, minute, series)?;
    }
    Ok(rows)
}

fn roll_one(tx: &mut Tx<'_>, state: &State, minute: i64, series: i64) -> Result<usize> {
    let after_series = series - 1;
    let of_minute = Source {
        chunk: minute,
        after_series,
        at: minute * MICROS_PER_MINUTE,
    };
    let mut rows = fold_samples(tx, &of_minute, 1)?.save(tx, Resolution::Minute)?;
    let hour = minute / MINUTES;
    if (hour, series) <= (state.rolled_hour, state.rolled_hour_series) {
        let of_hour = Source {
            chunk: hour,
            after_series,
            at: hour * MICROS_PER_HOUR,
        };
        rows += fold_minutes(tx, &of_hour, series, 1)?.save(tx, Resolution::Hour)?;
    }
    Ok(rows)
}

/// Rollups that were made, of how many rows, and where the budget ended.
#[derive(Default)]
struct Folded {
    rollups: Vec<Rollup>,
    rows: usize,
    stopped_after: Option<i64>,
}

impl Folded {
    /// Whether the budget is used up and another series begins.
    fn stops_at(&mut self, series: i64, budget: usize) -> bool {
        let last = self.rollups.last().map(|rollup| rollup.series);
        let stops = self.rows >= budget && last.is_some_and(|last| last != series);
        if stops {
            self.stopped_after = last;
        }
        stops
    }

    fn take(&mut self, at: i64, series: i64, summary: Summary, add: impl FnOnce(&mut Sketch)) {
        self.rows += 1;
        match self
            .rollups
            .last_mut()
            .filter(|rollup| rollup.series == series)
        {
            Some(rollup) => {
                rollup.summary.merge(&summary);
                add(&mut rollup.sketch);
            }
            None => {
                let mut sketch = Sketch::default();
                add(&mut sketch);
                self.rollups.push(Rollup {
                    series,
                    at,
                    summary,
                    sketch,
                });
            }
        }
    }

    fn save(self, tx: &mut Tx<'_>, resolution: Resolution) -> Result<usize> {
        Rollup::save_all(tx, resolution, self.rollups)?;
        Ok(self.rows)
    }
}

fn fold_samples(tx: &mut ReadTx<'_>, source: &Source, budget: usize) -> Result<Folded> {
    let sql = "SELECT series, at, value FROM tg_sample WHERE minute = ? AND series > ? ORDER BY series, at";
    let mut folded = Folded::default();
    tx.query_each(sql, (source.chunk, source.after_series), |row| {
        let series = row.get(0)?;
        if folded.stops_at(series, budget) {
            return Ok(ControlFlow::Break(()));
        }
        let (at, value) = (row.get(1)?, row.get(2)?);
        folded.take(source.at, series, Summary::of(at, value), |sketch| {
            sketch.push(value)
        });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(folded)
}

/// Folds the minutes of an hour, of series up to `last_series`.
fn fold_minutes(
    tx: &mut ReadTx<'_>,
    source: &Source,
    last_series: i64,
    budget: usize,
) -> Result<Folded> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_rollup WHERE seconds = 60 AND chunk = ? AND series > ? AND series <= ? ORDER BY series, at"
    );
    let mut folded = Folded::default();
    tx.query_each(
        sql,
        (source.chunk, source.after_series, last_series),
        |row| {
            if folded.stops_at(row.get(0)?, budget) {
                return Ok(ControlFlow::Break(()));
            }
            let minute = Rollup::decode(row)?;
            folded.take(source.at, minute.series, minute.summary, |sketch| {
                sketch.merge(&minute.sketch)
            });
            Ok(ControlFlow::Continue(()))
        },
    )?;
    Ok(folded)
}

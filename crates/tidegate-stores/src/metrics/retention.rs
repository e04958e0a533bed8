//! How long samples and rollups are kept, and forgetting the older ones a bounded piece at a time.

use std::time::Duration;

use tidegate::{ReadTx, Tx};

use super::expired_series::remove_series;
use super::state::State;
use super::units::{HOURS_PER_DAY, MINUTES_PER_HOUR, SECONDS_PER_MINUTE, day, hour, minute};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::timestamp::{Timestamp, micros};
use crate::window::WINDOW_MAX;

/// The shortest time for which samples may be kept.
pub const KEEP_SAMPLES_MIN: Duration = Duration::from_secs(3_600);

/// How long everything is kept. It stands in the database, so that every process goes by the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// How long each sample is kept; 2 days at first. Older ones are not taken any more.
    pub samples: Duration,
    /// How long rollups of minutes are kept; 14 days at first.
    pub minutes: Duration,
    /// How long rollups of hours are kept; 400 days at first. A series without any data is forgotten.
    pub hours: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self {
            samples: days(2),
            minutes: days(14),
            hours: days(400),
        }
    }
}

impl Retention {
    /// Keeps samples, minutes and hours for these times.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for samples below [`KEEP_SAMPLES_MIN`], or where the coarser is
    /// kept for less time than the finer; [`Limit`](crate::ErrorKind::Limit) beyond [`WINDOW_MAX`].
    pub fn new(samples: Duration, minutes: Duration, hours: Duration) -> Result<Self> {
        let refused = |field, reason: &'static str| Err(Error::invalid(field, reason));
        match () {
            () if samples < KEEP_SAMPLES_MIN => {
                refused("samples", "must be kept for an hour at least")
            }
            () if minutes < samples => {
                refused("minutes", "must be kept as long as samples at least")
            }
            () if hours < minutes => refused("hours", "must be kept as long as minutes at least"),
            () if hours > WINDOW_MAX => Err(Error::limit("hours", "at most 3660 days")),
            () => Ok(Self {
                samples,
                minutes,
                hours,
            }),
        }
    }
}

/// How long everything is kept at present.
///
/// # Errors
/// What the database answers.
pub fn retention(tx: &mut ReadTx<'_>) -> Result<Retention> {
    let state = State::load(tx)?;
    let kept = |micros: i64| Duration::from_micros(micros.unsigned_abs());
    Ok(Retention {
        samples: kept(state.keep_samples),
        minutes: kept(state.keep_minutes),
        hours: kept(state.keep_hours),
    })
}

/// Changes how long everything is kept. What is too old then is removed by the next steps; what was removed before does
/// not come back.
///
/// # Errors
/// As [`Retention::new`], and what the database answers.
pub fn set_retention(tx: &mut Tx<'_>, retention: Retention) -> Result<()> {
    let Retention {
        samples,
        minutes,
        hours,
    } = Retention::new(retention.samples, retention.minutes, retention.hours)?;
    let sql = "UPDATE tg_metric_state SET keep_samples = ?, keep_minutes = ?, keep_hours = ?";
    tx.execute(sql, (micros(samples), micros(minutes), micros(hours)))?;
    Ok(())
}

/// Removes what is too old, `budget` rows at most: the smaller it is, the shorter the writer is held.
///
/// Nothing is removed before it was rolled up, so [`rollup_step`](super::rollup_step) must be called, too.
///
/// # Errors
/// What the database answers.
pub fn retain_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let mut state = State::load_at(tx, now)?;
    let before = state.clone();
    advance(tx, &mut state, now)?;
    state.save_changes(tx, &before)?;
    let mut rows = 0;
    for table in [Table::Samples, Table::Minutes, Table::Hours] {
        rows += table.remove(tx, &state, budget - rows)?;
        if rows >= budget {
            return Ok(Progress::of(rows, true));
        }
    }
    rows += remove_series(tx, state.hours_from_day, budget - rows)?;
    Ok(Progress::of(rows, rows >= budget))
}

/// Moves the marks up to what may be forgotten: old enough, and rolled up with all that came late.
fn advance(tx: &mut ReadTx<'_>, state: &mut State, now: Timestamp) -> Result<()> {
    let ago = |kept: i64| now.saturating_sub(Duration::from_micros(kept.unsigned_abs()));
    let late: Option<i64> = tx.query_scalar("SELECT min(minute) FROM tg_rollup_late", ())?;
    let rolled = state.rolled_minute.min(late.unwrap_or(i64::MAX));
    let samples = minute(ago(state.keep_samples)).min(rolled);
    state.samples_from_minute = state.samples_from_minute.max(samples);
    let minutes = hour(ago(state.keep_minutes))
        .min(state.rolled_hour)
        .min(state.samples_from_minute / MINUTES_PER_HOUR);
    state.minutes_from_hour = state.minutes_from_hour.max(minutes);
    let hours = day(ago(state.keep_hours)).min(state.minutes_from_hour / HOURS_PER_DAY);
    state.hours_from_day = state.hours_from_day.max(hours);
    Ok(())
}

#[derive(Clone, Copy)]
enum Table {
    Samples,
    Minutes,
    Hours,
}

impl Table {
    /// Removes up to `budget` rows before the table's mark.
    fn remove(self, tx: &mut Tx<'_>, state: &State, budget: usize) -> Result<usize> {
        let removed = match self {
            Self::Samples => remove_samples(tx, state.samples_from_minute, budget),
            Self::Minutes => remove_rollups(tx, 60, state.minutes_from_hour, budget),
            Self::Hours => remove_rollups(tx, 3_600, state.hours_from_day, budget),
        }?;
        Ok(usize::try_from(removed).unwrap_or(usize::MAX))
    }
}

fn remove_samples(tx: &mut Tx<'_>, from_minute: i64, budget: usize) -> Result<u64> {
    let from_slot = from_minute * SECONDS_PER_MINUTE;
    let sql = "SELECT slot, series, at FROM tg_sample WHERE slot < ?
        ORDER BY slot, series, at LIMIT 1 OFFSET ?";
    let end: Option<(i64, i64, i64)> = tx.query_opt(sql, (from_slot, budget))?;
    if let Some(end) = end {
        let sql = "DELETE FROM tg_sample WHERE (slot, series, at) < (?, ?, ?)";
        return Ok(tx.execute(sql, end)?);
    }
    let removed = tx.execute("DELETE FROM tg_sample WHERE slot < ?", (from_slot,))?;
    let sql = "DELETE FROM tg_sample_minute WHERE minute < ?";
    tx.execute(sql, (from_minute,))?;
    Ok(removed)
}

fn remove_rollups(tx: &mut Tx<'_>, seconds: i64, from_chunk: i64, budget: usize) -> Result<u64> {
    let sql = "SELECT chunk, series, at FROM tg_rollup WHERE seconds = ? AND chunk < ?
        ORDER BY chunk, series, at LIMIT 1 OFFSET ?";
    let end: Option<(i64, i64, i64)> = tx.query_opt(sql, (seconds, from_chunk, budget))?;
    Ok(match end {
        Some((chunk, series, at)) => tx.execute(
            "DELETE FROM tg_rollup WHERE seconds = ? AND (chunk, series, at) < (?, ?, ?)",
            (seconds, chunk, series, at),
        )?,
        None => tx.execute(
            "DELETE FROM tg_rollup WHERE seconds = ? AND chunk < ?",
            (seconds, from_chunk),
        )?,
    })
}

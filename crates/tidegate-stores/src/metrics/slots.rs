//! The slots into which each minute of samples is divided.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use tidegate::{ReadTx, Tx, list};

use super::units::{MICROS_PER_MINUTE, MICROS_PER_SECOND, SECONDS_PER_MINUTE};
use crate::error::Result;

/// Up to so many series, a batch touches few pages even if each of them has a stretch of its own.
const FEW_SERIES: u64 = 256;
/// Up to so many samples of each series, a minute is not divided, or into slots of ten seconds only. About as many as fit
/// a page, and six times that, count each.
const SPARSE: u64 = 12;
const DENSE: u64 = 120;

/// The minutes of one batch, and the slots of each.
pub(super) struct Minutes {
    slots: HashMap<i64, i64>,
}

impl Minutes {
    /// Looks the minutes of a batch up, decides about new ones, and counts the samples.
    pub(super) fn of(
        tx: &mut Tx<'_>,
        series_count: u64,
        minutes: impl Iterator<Item = i64>,
    ) -> Result<Self> {
        let mut samples: BTreeMap<i64, u64> = BTreeMap::new();
        for minute in minutes {
            *samples.entry(minute).or_default() += 1;
        }
        let sql = "SELECT minute, slots FROM tg_sample_minute WHERE minute IN rarray(?)";
        let known: Vec<(i64, i64)> = tx.query(sql, (list(samples.keys()),))?;
        let mut slots: HashMap<i64, i64> = known.into_iter().collect();
        for (minute, samples) in samples {
            let count = match slots.get(&minute) {
                Some(count) => *count,
                None => decide(tx, series_count, minute)?,
            };
            slots.insert(minute, count);
            let sql = "INSERT INTO tg_sample_minute (minute, slots, samples) VALUES (?, ?, ?)
                ON CONFLICT (minute) DO UPDATE SET samples = samples + excluded.samples";
            tx.execute(sql, (minute, count, samples))?;
        }
        Ok(Self { slots })
    }

    /// The slot of a moment.
    pub(super) fn slot(&self, minute: i64, at: i64) -> i64 {
        let count = self.slots.get(&minute).copied().unwrap_or(1);
        let length = SECONDS_PER_MINUTE / count.max(1);
        let second = at / MICROS_PER_SECOND;
        second - second.rem_euclid(length)
    }
}

/// A new minute is divided by what came in the one before it.
fn decide(tx: &mut ReadTx<'_>, series_count: u64, minute: i64) -> Result<i64> {
    let sql = "SELECT samples FROM tg_sample_minute WHERE minute < ? ORDER BY minute DESC LIMIT 1";
    let before: Option<(u64,)> = tx.query_opt(sql, (minute,))?;
    Ok(count(series_count, before.map(|(samples,)| samples)))
}

/// Where nothing is known, short slots do least harm.
fn count(series: u64, samples_before: Option<u64>) -> i64 {
    match samples_before.map(|samples| samples / series.max(1)) {
        _ if series <= FEW_SERIES => 1,
        Some(of_each) if of_each <= SPARSE => 1,
        Some(of_each) if of_each <= DENSE => 6,
        _ => 60,
    }
}

/// The beginnings of the slots of a minute.
pub(super) fn of_minute(minute: i64, count: i64) -> impl Iterator<Item = i64> {
    let length = SECONDS_PER_MINUTE / count.max(1);
    let first = minute * SECONDS_PER_MINUTE;
    (0..count.max(1)).map(move |index| first + index * length)
}

/// The slots that hold samples of `from..to` (in microseconds), in their order.
pub(super) fn between(tx: &mut ReadTx<'_>, from: i64, to: i64) -> Result<Vec<i64>> {
    let sql =
        "SELECT minute, slots FROM tg_sample_minute WHERE minute BETWEEN ? AND ? ORDER BY minute";
    let minutes = (from / MICROS_PER_MINUTE, (to - 1) / MICROS_PER_MINUTE);
    let minutes: Vec<(i64, i64)> = tx.query(sql, minutes)?;
    let slots = minutes.into_iter().flat_map(|(minute, count)| {
        let length = MICROS_PER_MINUTE / count.max(1);
        of_minute(minute, count).filter(move |slot| {
            let start = slot * MICROS_PER_SECOND;
            start < to && start + length > from
        })
    });
    Ok(slots.collect())
}

//! Recording samples.

use tidegate::Tx;

use super::intern::{Interned, intern};
use super::refusals::count_refusals;
use super::sample::{BATCH_SAMPLES_MAX, FUTURE_MAX, Recorded, Refusal, Refused, Sample};
use super::slots::Minutes;
use super::state::State;
use super::units::minute;
use crate::check;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// Stores one sample. See [`record_many`].
///
/// # Errors
/// As [`record_many`].
pub fn record(tx: &mut Tx<'_>, now: Timestamp, sample: &Sample) -> Result<Recorded> {
    record_many(tx, now, std::slice::from_ref(sample))
}

/// Stores the samples of a batch, and says which were refused. Series that are new are made.
///
/// A sample of a series and a moment that has one replaces it, within the batch and across batches. A sample that is
/// refused keeps no other from being stored; the reasons are counted in the same transaction.
///
/// The cheapest batch holds some thousands of samples.
///
/// # Errors
/// [`Limit`](crate::ErrorKind::Limit) beyond [`BATCH_SAMPLES_MAX`], and what the database answers.
pub fn record_many(tx: &mut Tx<'_>, now: Timestamp, samples: &[Sample]) -> Result<Recorded> {
    check::count("samples", samples.len(), BATCH_SAMPLES_MAX)?;
    let state = State::load_at(tx, now)?;
    let mut recorded = Recorded::default();
    let accepted = sift(&state, now, samples, &mut recorded);
    let interned = intern(tx, &state, now, samples, &accepted)?;
    recorded.new_series = interned.created;
    let rows = rows(samples, accepted, &interned, &mut recorded);
    recorded.stored = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    mark_late(tx, &state, &rows)?;
    insert(tx, state.series_count + interned.created, rows)?;
    recorded
        .refused
        .sort_unstable_by_key(|refused| refused.item);
    count_refusals(tx, now, &recorded.refused)?;
    Ok(recorded)
}

/// A sample on its way into the table.
#[derive(Clone, Copy)]
struct Row {
    minute: i64,
    series: i64,
    at: i64,
    value: f64,
}

/// The indices of the samples that may be stored.
fn sift(state: &State, now: Timestamp, samples: &[Sample], recorded: &mut Recorded) -> Vec<usize> {
    let (oldest, latest) = (state.oldest_sample(now), now.saturating_add(FUTURE_MAX));
    let mut accepted = Vec::with_capacity(samples.len());
    for (item, sample) in samples.iter().enumerate() {
        match refusal(sample, oldest, latest) {
            Some(reason) => recorded.refused.push(Refused { item, reason }),
            None => accepted.push(item),
        }
    }
    accepted
}

fn refusal(sample: &Sample, oldest: Timestamp, latest: Timestamp) -> Option<Refusal> {
    if !sample.value.is_finite() {
        Some(Refusal::NotFinite)
    } else if sample.at > latest {
        Some(Refusal::Future)
    } else if sample.at < oldest {
        Some(Refusal::TooOld)
    } else {
        None
    }
}

/// The rows of the accepted samples, in the order in which they came.
fn rows(
    samples: &[Sample],
    accepted: Vec<usize>,
    interned: &Interned,
    recorded: &mut Recorded,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(accepted.len());
    for item in accepted {
        let sample = &samples[item];
        match interned.id(&sample.series) {
            Some(series) => rows.push(Row {
                minute: minute(sample.at),
                series,
                at: sample.at.as_micros(),
                value: sample.value,
            }),
            None => recorded.refused.push(Refused {
                item,
                reason: Refusal::TooManySeries,
            }),
        }
    }
    rows
}

/// Remembers the minutes whose rollups no longer tell the truth.
fn mark_late(tx: &mut Tx<'_>, state: &State, rows: &[Row]) -> Result<()> {
    let mut late: Vec<(i64, i64)> = rows
        .iter()
        .filter(|row| state.is_rolled(row.minute, row.series))
        .map(|row| (row.minute, row.series))
        .collect();
    late.sort_unstable();
    late.dedup();
    let sql = "INSERT INTO tg_rollup_late (minute, series) VALUES (?, ?) ON CONFLICT DO NOTHING";
    tx.execute_many(sql, late)?;
    Ok(())
}

fn insert(tx: &mut Tx<'_>, series_count: u64, rows: Vec<Row>) -> Result<()> {
    let minutes = Minutes::of(tx, series_count, rows.iter().map(|row| row.minute))?;
    let mut keyed: Vec<(i64, Row)> = rows
        .into_iter()
        .map(|row| (minutes.slot(row.minute, row.at), row))
        .collect();
    keyed.sort_by_key(|(slot, row)| (*slot, row.series, row.at));
    let sql = "INSERT INTO tg_sample (slot, series, at, value) VALUES (?, ?, ?, ?)
        ON CONFLICT (slot, series, at) DO UPDATE SET value = excluded.value";
    let params = keyed
        .into_iter()
        .map(|(slot, row)| (slot, row.series, row.at, row.value));
    tx.execute_many(sql, params)?;
    Ok(())
}

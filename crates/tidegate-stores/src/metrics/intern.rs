//! From the series of a batch to their numbers in the database.

use std::collections::HashMap;

use tidegate::{Tx, list};

use super::sample::{SERIES_MAX, Sample};
use super::series::Series;
use super::state::State;
use super::units::day;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::timestamp::Timestamp;

/// The numbers of the series of one batch.
pub(super) struct Interned {
    ids: HashMap<Fingerprint, i64>,
    pub(super) created: u64,
}

impl Interned {
    /// The number of a series; `None` if there was no room for it.
    pub(super) fn id(&self, series: &Series) -> Option<i64> {
        self.ids.get(&series.fingerprint()).copied()
    }
}

/// A series of the batch with the day of its latest sample there.
struct Wanted<'s> {
    series: &'s Series,
    last_day: i64,
}

/// Looks up the series of the accepted samples in one statement, and makes those that are missing.
pub(super) fn intern(
    tx: &mut Tx<'_>,
    state: &State,
    now: Timestamp,
    samples: &[Sample],
    accepted: &[usize],
) -> Result<Interned> {
    let wanted = wanted(samples, accepted);
    let mut found = find(tx, &wanted)?;
    let mut missing: Vec<&Wanted<'_>> = wanted
        .iter()
        .filter(|(fingerprint, _)| !found.contains_key(*fingerprint))
        .map(|(_, wanted)| wanted)
        .collect();
    // The order of a hash map is a matter of chance, and numbers should not be.
    missing.sort_unstable_by_key(|wanted| wanted.series.fingerprint());
    let created = create(tx, state, now, &missing, &mut found)?;
    Ok(Interned {
        ids: found,
        created,
    })
}

fn wanted<'s>(samples: &'s [Sample], accepted: &[usize]) -> HashMap<Fingerprint, Wanted<'s>> {
    let mut wanted = HashMap::new();
    for sample in accepted.iter().map(|&item| &samples[item]) {
        let series = &sample.series;
        let entry = wanted.entry(series.fingerprint());
        let entry: &mut Wanted<'_> = entry.or_insert(Wanted {
            series,
            last_day: 0,
        });
        entry.last_day = entry.last_day.max(day(sample.at));
    }
    wanted
}

fn find(
    tx: &mut Tx<'_>,
    wanted: &HashMap<Fingerprint, Wanted<'_>>,
) -> Result<HashMap<Fingerprint, i64>> {
    let sql = "SELECT fingerprint, id, last_day FROM tg_series WHERE fingerprint IN rarray(?)";
    let found: Vec<(Fingerprint, i64, i64)> = tx.query(sql, (list(wanted.keys().copied()),))?;
    let newer = found.iter().filter_map(|(fingerprint, id, last_day)| {
        let latest = wanted.get(fingerprint)?.last_day;
        (latest > *last_day).then_some((latest, *id))
    });
    let newer: Vec<(i64, i64)> = newer.collect();
    tx.execute_many("UPDATE tg_series SET last_day = ? WHERE id = ?", newer)?;
    Ok(found
        .into_iter()
        .map(|(fingerprint, id, _)| (fingerprint, id))
        .collect())
}

/// Makes series as far as there is room for them.
fn create(
    tx: &mut Tx<'_>,
    state: &State,
    now: Timestamp,
    missing: &[&Wanted<'_>],
    found: &mut HashMap<Fingerprint, i64>,
) -> Result<u64> {
    let room = usize::try_from(SERIES_MAX.saturating_sub(state.series_count)).unwrap_or(usize::MAX);
    let mut created = 0_u64;
    for wanted in missing.iter().take(room) {
        let id = create_one(tx, now, wanted)?;
        found.insert(wanted.series.fingerprint(), id);
        created += 1;
    }
    if created > 0 {
        tx.execute(
            "UPDATE tg_metric_state SET series_count = series_count + ?",
            (created,),
        )?;
    }
    Ok(created)
}

fn create_one(tx: &mut Tx<'_>, now: Timestamp, wanted: &Wanted<'_>) -> Result<i64> {
    let series = wanted.series;
    let sql = "INSERT INTO tg_series (fingerprint, name, labels, created_at, last_day)
        VALUES (?, ?, ?, ?, ?) RETURNING id";
    let row = (
        series.fingerprint(),
        series.name(),
        series.labels(),
        now,
        wanted.last_day,
    );
    let id: i64 = tx.query_scalar(sql, row)?;
    let sql = "INSERT INTO tg_series_label (name, value, series) VALUES (?, ?, ?)";
    for label in series.labels() {
        tx.execute(sql, (label.name(), label.value(), id))?;
    }
    Ok(id)
}

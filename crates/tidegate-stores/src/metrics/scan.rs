//! Reading the samples and rollups of many series in few statements.

use std::collections::HashMap;
use std::ops::ControlFlow;

use tidegate::{List, ReadTx, RowRef, list};

use super::find::Found;
use super::parts::{Part, Resolution};
use super::rollup_row::{Rollup, columns};
use super::sketch::Sketch;
use super::slots;
use super::state::State;
use super::summary::Summary;
use crate::error::Result;

/// How many slots, or hours of minutes, one statement names.
const KEYS_OF_A_STATEMENT: usize = 1_440;
/// Where more than one of so many series are wanted, reading all of them is cheaper than looking each one up.
const FEW: u64 = 4;

/// One sample, or one rollup.
pub(super) enum Piece<'p> {
    Sample {
        at: i64,
        value: f64,
    },
    Rollup {
        at: i64,
        summary: &'p Summary,
        sketch: &'p Sketch,
    },
}

/// The series whose data is wanted, each known by its place in a list.
pub(super) struct Wanted {
    places: HashMap<i64, usize>,
    are_few: bool,
}

impl Wanted {
    pub(super) fn new<'f>(state: &State, found: impl IntoIterator<Item = &'f Found>) -> Self {
        let ids = found.into_iter().map(|found| found.id);
        let places: HashMap<i64, usize> = ids.enumerate().map(|(place, id)| (id, place)).collect();
        let count = u64::try_from(places.len()).unwrap_or(u64::MAX);
        Self {
            are_few: count.saturating_mul(FEW) < state.series_count,
            places,
        }
    }

    fn list(&self) -> List {
        let mut ids: Vec<i64> = self.places.keys().copied().collect();
        ids.sort_unstable();
        list(ids)
    }
}

/// Shows all that a part of a window has of the wanted series; that of each series in the order of time.
pub(super) fn scan(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    part: Part,
    mut each: impl FnMut(usize, Piece<'_>),
) -> Result<()> {
    if wanted.places.is_empty() {
        return Ok(());
    }
    match part.resolution {
        Resolution::Sample => scan_samples(tx, wanted, part, &mut each),
        Resolution::Minute | Resolution::Hour => scan_rollups(tx, wanted, part, &mut each),
    }
}

type Each<'e> = dyn FnMut(usize, Piece<'_>) + 'e;

fn scan_samples(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    part: Part,
    each: &mut Each<'_>,
) -> Result<()> {
    let slots = slots::between(tx, part.from, part.to)?;
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else {
        return Ok(());
    };
    let mut take = |row: &RowRef<'_>| {
        if let Some(&place) = wanted.places.get(&row.get(0)?) {
            let (at, value) = (row.get(1)?, row.get(2)?);
            each(place, Piece::Sample { at, value });
        }
        Ok(ControlFlow::Continue(()))
    };
    if !wanted.are_few {
        let sql = "SELECT series, at, value FROM tg_sample
            WHERE slot BETWEEN ? AND ? AND at >= ? AND at < ? ORDER BY slot, series, at";
        return Ok(tx.query_each(sql, (*first, *last, part.from, part.to), take)?);
    }
    let sql = "SELECT series, at, value FROM tg_sample
        WHERE slot IN rarray(?) AND series IN rarray(?) AND at >= ? AND at < ? ORDER BY slot, series, at";
    for slots in slots.chunks(KEYS_OF_A_STATEMENT) {
        let slots = list(slots.iter().copied());
        tx.query_each(sql, (slots, wanted.list(), part.from, part.to), &mut take)?;
    }
    Ok(())
}

fn scan_rollups(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    part: Part,
    each: &mut Each<'_>,
) -> Result<()> {
    let mut take = |row: &RowRef<'_>| {
        if let Some(&place) = wanted.places.get(&row.get(0)?) {
            let Rollup {
                at,
                summary,
                sketch,
                ..
            } = &Rollup::decode(row)?;
            each(
                place,
                Piece::Rollup {
                    at: *at,
                    summary,
                    sketch,
                },
            );
        }
        Ok(ControlFlow::Continue(()))
    };
    let (seconds, unit) = (part.resolution.seconds(), part.resolution.chunk_micros());
    let (first, last) = (part.from / unit, (part.to - 1) / unit);
    if !wanted.are_few {
        let sql = concat!("SELECT ", columns!(), " FROM tg_rollup
            WHERE seconds = ? AND chunk BETWEEN ? AND ? AND at >= ? AND at < ? ORDER BY chunk, series, at");
        return Ok(tx.query_each(sql, (seconds, first, last, part.from, part.to), take)?);
    }
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_rollup WHERE seconds = ? AND chunk IN rarray(?)
        AND series IN rarray(?) AND at >= ? AND at < ? ORDER BY chunk, series, at"
    );
    for chunks in chunks(first, last) {
        tx.query_each(
            sql,
            (seconds, chunks, wanted.list(), part.from, part.to),
            &mut take,
        )?;
    }
    Ok(())
}

/// The numbers `first..=last` in lists of a length that one statement takes.
fn chunks(first: i64, last: i64) -> impl Iterator<Item = List> {
    (first..=last)
        .step_by(KEYS_OF_A_STATEMENT)
        .map(move |start| list(start..=last.min(start + KEYS_OF_A_STATEMENT as i64 - 1)))
}

//! The metrics on real files.

mod catalog;
mod clock;
mod evaluate;
mod model;
mod plans;
mod range;
mod record;
mod retention;
mod statistics;

use std::time::Duration;

use tidegate_stores::Window;
use tidegate_stores::metrics::{self, Recorded, Sample, Selector, Series, Statistics};
use tidegate_stores::{Labels, Timestamp};

use crate::support::{TestDb, at};

/// The series `name{n="…"}`.
fn series(name: &str, n: usize) -> Series {
    Series::new(name, Labels::new([("n", n.to_string())]).unwrap()).unwrap()
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

fn record(db: &TestDb, now: Timestamp, samples: Vec<Sample>) -> Recorded {
    db.write(move |tx| Ok(metrics::record_many(tx, now, &samples)?))
        .unwrap()
}

/// Records `values` of one series, one each second from `at(from)` on, and at the time of the last.
fn record_each_second(db: &TestDb, series: &Series, from: i64, values: &[f64]) {
    let samples = (from..)
        .zip(values)
        .map(|(second, value)| Sample::new(series.clone(), *value, at(second)));
    let samples: Vec<Sample> = samples.collect();
    let now = samples.last().unwrap().at;
    let recorded = record(db, now, samples);
    assert_eq!(recorded.stored, u64::try_from(values.len()).unwrap());
}

/// Rolls up all that is due at `now`, in steps of `budget` rows.
fn roll_up(db: &TestDb, now: Timestamp, budget: usize) {
    while db
        .write(move |tx| Ok(metrics::rollup_step(tx, now, budget)?))
        .unwrap()
        .more
    {}
}

/// Removes all that is too old at `now`, in steps of `budget` rows, none of which removes more.
fn retain(db: &TestDb, now: Timestamp, budget: usize) {
    loop {
        let progress = db
            .write(move |tx| Ok(metrics::retain_step(tx, now, budget)?))
            .unwrap();
        assert!(progress.rows <= u64::try_from(budget).unwrap());
        if !progress.more {
            break;
        }
    }
}

fn statistics(db: &TestDb, text: &str, now: Timestamp, seconds: u64) -> Statistics {
    let (selector, window) = (
        selector(text),
        Window::before(now, Duration::from_secs(seconds)).unwrap(),
    );
    db.read(move |tx| Ok(metrics::statistics(tx, &selector, window)?))
        .unwrap()
}

fn is_close(one: f64, two: f64) -> bool {
    (one - two).abs() <= 1e-9 * one.abs().max(two.abs()).max(1.0)
}

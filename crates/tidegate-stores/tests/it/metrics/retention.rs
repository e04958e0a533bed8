//! Retention and late samples.

use std::time::Duration;

use tidegate_stores::metrics::{self, Description, MetricKind, Refusal, Retention, Sample};
use tidegate_stores::{Error, ErrorKind};

use super::{record, record_each_second, retain, roll_up, series, statistics};
use crate::support::{TestDb, at, open};

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

fn keep(db: &TestDb, samples: u64, minutes: u64, all: u64) -> tidegate_stores::Result<()> {
    let retention = Retention::new(hours(samples), hours(minutes), hours(all))?;
    Ok(db.write(move |tx| Ok(metrics::set_retention(tx, retention)?))?)
}

fn rows(db: &TestDb, table: &str) -> i64 {
    db.query_scalar(format!("SELECT count(*) FROM {table}"), ())
        .unwrap()
}

#[test]
fn settings_are_kept_and_checked() {
    let db = open();
    assert_eq!(
        db.read(|tx| Ok(metrics::retention(tx)?)).unwrap(),
        Retention::default()
    );
    keep(&db, 1, 2, 3).unwrap();
    let db = db.reopened();
    let kept = db.read(|tx| Ok(metrics::retention(tx)?)).unwrap();
    assert_eq!(
        (kept.samples, kept.minutes, kept.hours),
        (hours(1), hours(2), hours(3))
    );
    for (samples, minutes, all, field) in [
        (0, 2, 3, "samples"),
        (2, 1, 3, "minutes"),
        (1, 2, 1, "hours"),
        (1, 2, 90_000, "hours"),
    ] {
        assert_eq!(
            keep(&db, samples, minutes, all).unwrap_err().field(),
            Some(field)
        );
    }
    let short = db.write(|tx| {
        let mut retention = Retention::default();
        retention.samples = Duration::ZERO;
        Ok(metrics::set_retention(tx, retention)?)
    });
    assert_eq!(
        Error::from(short.unwrap_err()).kind(),
        ErrorKind::InvalidInput
    );
}

#[test]
fn nothing_is_removed_before_it_was_rolled_up() {
    let db = open();
    record_each_second(&db, &series("load", 1), 0, &[1.0; 200]);
    retain(&db, at(10 * 86_400), 50);
    assert_eq!(rows(&db, "tg_sample"), 200);
    roll_up(&db, at(10 * 86_400), 50);
    retain(&db, at(10 * 86_400), 50);
    assert_eq!(rows(&db, "tg_sample"), 0);
    assert_eq!(
        statistics(&db, "load", at(10 * 86_400), 11 * 86_400).count,
        200
    );
}

#[test]
fn what_comes_late_is_taken_into_the_rollups() {
    let db = open();
    let load = series("load", 1);
    record_each_second(&db, &load, 0, &[1.0; 7_200]);
    let now = at(2 * 86_400);
    roll_up(&db, now, 10_000);
    let recorded = record(
        &db,
        now,
        vec![
            Sample::new(load.clone(), 5.0, at(100)),
            Sample::new(
                load.clone(),
                6.0,
                at(100).saturating_add(Duration::from_millis(1)),
            ),
            Sample::new(series("load", 2), 7.0, at(100)),
        ],
    );
    assert_eq!(recorded.stored, 3);
    assert_eq!(rows(&db, "tg_rollup_late"), 2);
    roll_up(&db, now, 1);
    assert_eq!(rows(&db, "tg_rollup_late"), 0);
    let later = at(3 * 86_400);
    roll_up(&db, later, 10_000);
    retain(&db, later, 10_000);
    assert_eq!(rows(&db, "tg_sample"), 0);
    let found = statistics(&db, "load", later, 4 * 86_400);
    assert_eq!((found.series, found.count), (2, 7_202));
    assert_eq!(found.values.unwrap().sum, 7_199.0 + 5.0 + 6.0 + 7.0);
    let sums: Vec<f64> = db
        .query("SELECT sum(sum) FROM tg_rollup GROUP BY seconds", ())
        .unwrap();
    assert_eq!(sums, [7_217.0, 7_217.0], "minutes and hours tell the same");
}

#[test]
fn what_retention_has_passed_is_refused() {
    let db = open();
    record_each_second(&db, &series("load", 1), 0, &[1.0; 100]);
    let later = at(3 * 86_400);
    roll_up(&db, later, 100);
    retain(&db, later, 100);
    // Keeping more from now on does not bring back what is gone.
    keep(&db, 24 * 30, 24 * 60, 24 * 400).unwrap();
    let recorded = record(
        &db,
        later,
        vec![Sample::new(series("load", 1), 1.0, at(50))],
    );
    assert_eq!(recorded.refused[0].reason, Refusal::TooOld);
}

#[test]
fn steps_of_one_row_come_to_an_end() {
    let db = open();
    for n in 0..3 {
        record_each_second(&db, &series("load", n), 0, &[1.0; 130]);
    }
    let later = at(500 * 86_400);
    roll_up(&db, later, 1);
    let minutes: Vec<(i64, i64)> = db
        .query(
            "SELECT series, count FROM tg_rollup WHERE seconds = 60 ORDER BY series, at",
            (),
        )
        .unwrap();
    let expected: Vec<(i64, i64)> = (1..=3)
        .flat_map(|series| [(series, 60), (series, 60), (series, 10)])
        .collect();
    assert_eq!(minutes, expected);
    retain(&db, later, 1);
    assert_eq!(
        (
            rows(&db, "tg_sample"),
            rows(&db, "tg_rollup"),
            rows(&db, "tg_series")
        ),
        (0, 0, 0)
    );
}

#[test]
fn a_step_of_rolling_up_reads_no_more_than_its_budget() {
    let db = open();
    let samples = (0..60)
        .flat_map(|n| (0..5).map(move |second| Sample::new(series("load", n), 1.0, at(second))));
    record(&db, at(5), samples.collect());
    let mut steps = Vec::new();
    loop {
        let progress = db
            .write(|tx| Ok(metrics::rollup_step(tx, at(180), 20)?))
            .unwrap();
        steps.push(progress.rows);
        if !progress.more {
            break;
        }
    }
    assert_eq!(steps.iter().sum::<u64>(), 300);
    assert!(steps.iter().all(|rows| *rows <= 20), "{steps:?}");
}

#[test]
fn an_hour_that_comes_late_is_rolled_up_once() {
    let db = open();
    let load = series("load", 1);
    record_each_second(&db, &series("load", 2), 0, &[1.0]);
    roll_up(&db, at(3 * 3_600), 100);
    let late = (0..60).map(|minute| Sample::new(load.clone(), 1.0, at(minute * 60)));
    record(&db, at(3 * 3_600), late.collect());
    let mut rows = 0;
    loop {
        let progress = db
            .write(|tx| Ok(metrics::rollup_step(tx, at(3 * 3_600), 50)?))
            .unwrap();
        rows += progress.rows;
        if !progress.more {
            break;
        }
    }
    let count: i64 = db
        .query_scalar("SELECT sum(count) FROM tg_rollup WHERE seconds = 3600", ())
        .unwrap();
    assert_eq!(count, 61);
    // Its 60 samples, and its minutes in each of the two steps that the budget makes of it.
    assert!(rows <= 60 + 50 + 60, "{rows}");
}

#[test]
fn a_series_that_goes_on_is_not_forgotten_with_its_first_samples() {
    let db = open();
    let days = |days: i64| at(days * 86_400);
    for day in [0, 450] {
        record(
            &db,
            days(day),
            vec![Sample::new(series("load", 1), 1.0, days(day))],
        );
    }
    let stopped = vec![Sample::new(series("load", 2), 1.0, days(2))];
    record(&db, days(2), stopped);
    roll_up(&db, days(500), 100);
    retain(&db, days(500), 100);
    let found = statistics(&db, "load", days(500), 600 * 86_400);
    assert_eq!((found.series, found.count), (1, 1));
    assert_eq!(rows(&db, "tg_series"), 1);
}

#[test]
fn what_is_known_of_a_metric_goes_with_the_last_of_its_series() {
    let db = open();
    let days = |days: i64| at(days * 86_400);
    let known = ["load", "times", "sizes"];
    let descriptions = known.map(|name| Description::new(name, MetricKind::Histogram, "known"));
    db.write(move |tx| Ok(metrics::describe(tx, &descriptions)?))
        .unwrap();
    let samples = |names: &'static [&'static str], now| {
        let samples = names
            .iter()
            .map(|name| Sample::new(series(name, 1), 1.0, now));
        record(&db, now, samples.collect());
    };
    samples(
        &["load", "times_bucket", "times_sum", "sizes_count"],
        days(0),
    );
    samples(&["sizes_bucket"], days(450));
    roll_up(&db, days(500), 100);
    retain(&db, days(500), 100);
    let left = db
        .read(move |tx| Ok(metrics::descriptions(tx, &known)?))
        .unwrap();
    let left: Vec<&str> = left.iter().map(|one| &*one.name).collect();
    assert_eq!(left, ["sizes"]);
}

//! Recording: what is stored, replaced and refused.

use tidegate_stores::metrics::{self, BATCH_SAMPLES_MAX, Refusal, SERIES_MAX, Sample};
use tidegate_stores::{Error, ErrorKind};

use super::{record, series, statistics};
use crate::support::{at, open};

#[test]
fn samples_are_stored_and_survive_a_restart() {
    let db = open();
    let recorded = record(
        &db,
        at(10),
        vec![
            Sample::new(series("up", 1), 1.0, at(1)),
            Sample::new(series("up", 2), 2.0, at(2)),
            Sample::new(series("up", 1), 3.0, at(3)),
        ],
    );
    assert_eq!(
        (recorded.stored, recorded.new_series, recorded.refused.len()),
        (3, 2, 0)
    );
    let db = db.reopened();
    let recorded = record(&db, at(10), vec![Sample::new(series("up", 1), 4.0, at(4))]);
    assert_eq!((recorded.stored, recorded.new_series), (1, 0));
    let found = statistics(&db, "up", at(10), 60);
    assert_eq!((found.series, found.count), (2, 4));
}

#[test]
fn the_last_of_one_moment_wins() {
    let db = open();
    let sample = |value| Sample::new(series("up", 1), value, at(1));
    record(&db, at(1), vec![sample(1.0), sample(2.0)]);
    assert_eq!(statistics(&db, "up", at(1), 60).values.unwrap().sum, 2.0);
    record(&db, at(1), vec![sample(3.0)]);
    let values = statistics(&db, "up", at(1), 60).values.unwrap();
    assert_eq!((values.sum, values.max), (3.0, 3.0));
}

#[test]
fn each_bad_sample_is_refused_by_itself_and_counted_for_ever() {
    let db = open();
    let up = |value, second| Sample::new(series("up", 1), value, at(second));
    let batch = vec![
        up(f64::NAN, 0),
        up(1.0, 0),
        up(1.0, 301),
        up(1.0, 300),
        up(1.0, -2 * 86_400 - 1),
        up(1.0, -2 * 86_400),
        up(f64::INFINITY, 0),
        up(f64::NEG_INFINITY, 0),
    ];
    let recorded = record(&db, at(0), batch.clone());
    let refused: Vec<_> = recorded
        .refused
        .iter()
        .map(|refused| (refused.item, refused.reason))
        .collect();
    assert_eq!(
        refused,
        [
            (0, Refusal::NotFinite),
            (2, Refusal::Future),
            (4, Refusal::TooOld),
            (6, Refusal::NotFinite),
            (7, Refusal::NotFinite),
        ]
    );
    assert_eq!(recorded.stored, 3);
    record(&db, at(1), batch[..1].to_vec());

    let db = db.reopened();
    let counts = db.read(|tx| Ok(metrics::refusals(tx)?)).unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|count| (count.reason, count.count, count.last_at))
        .collect();
    assert_eq!(
        counts,
        [
            (Refusal::Future, 1, at(0)),
            (Refusal::NotFinite, 4, at(1)),
            (Refusal::TooOld, 1, at(0))
        ]
    );
}

#[test]
fn a_refused_sample_makes_no_series() {
    let db = open();
    let recorded = record(
        &db,
        at(0),
        vec![Sample::new(series("up", 1), f64::NAN, at(0))],
    );
    assert_eq!((recorded.stored, recorded.new_series), (0, 0));
    let names = db
        .read(|tx| Ok(metrics::metric_names(tx, None, 10)?))
        .unwrap();
    assert!(names.items.is_empty());
}

#[test]
fn an_empty_batch_and_one_that_is_too_large() {
    let db = open();
    assert_eq!(record(&db, at(0), Vec::new()).stored, 0);
    let batch = vec![Sample::new(series("up", 1), 1.0, at(0)); BATCH_SAMPLES_MAX + 1];
    let refused = db
        .write(move |tx| Ok(metrics::record_many(tx, at(0), &batch)?))
        .unwrap_err();
    assert_eq!(Error::from(refused).kind(), ErrorKind::Limit);
}

#[test]
fn a_batch_is_undone_with_its_transaction() {
    let db = open();
    let failed = db.write(|tx| -> tidegate::Result<()> {
        metrics::record(tx, at(0), &Sample::new(series("up", 1), 1.0, at(0)))?;
        Err(tidegate::Error::application("no"))
    });
    assert!(failed.is_err());
    assert_eq!(statistics(&db, "up", at(0), 60).count, 0);
    assert_eq!(
        record(&db, at(0), vec![Sample::new(series("up", 1), 1.0, at(0))]).new_series,
        1
    );
}

/// So many series measured so often that minutes are divided into short slots.
#[test]
fn many_dense_series_are_stored_alike() {
    let db = open();
    for tenth in 0..30 {
        let now = at(0).saturating_add(std::time::Duration::from_millis(100 * tenth));
        let batch = (0..300).map(|n| Sample::new(series("dense", n), n as f64, now));
        record(&db, now, batch.collect());
    }
    let slots: i64 = db
        .query_scalar("SELECT max(slots) FROM tg_sample_minute", ())
        .unwrap();
    assert_eq!(slots, 60);
    let one = statistics(&db, r#"dense{n="7"}"#, at(3), 60);
    assert_eq!((one.count, one.values.unwrap().sum), (30, 210.0));
    let all = statistics(&db, "dense", at(3), 60);
    assert_eq!((all.series, all.count), (300, 9_000));
    super::roll_up(&db, at(200), 100);
    let count: i64 = db
        .query_scalar("SELECT sum(count) FROM tg_rollup WHERE seconds = 60", ())
        .unwrap();
    assert_eq!(count, 9_000);
}

#[test]
fn there_is_an_end_to_the_number_of_series() {
    let db = open();
    record(&db, at(0), vec![Sample::new(series("up", 1), 1.0, at(0))]);
    let full = i64::try_from(SERIES_MAX).unwrap() - 1;
    db.execute("UPDATE tg_metric_state SET series_count = ?", (full,))
        .unwrap();
    let recorded = record(
        &db,
        at(1),
        (1..=3)
            .map(|n| Sample::new(series("up", n), 1.0, at(1)))
            .collect(),
    );
    assert_eq!((recorded.stored, recorded.new_series), (2, 1));
    assert_eq!(recorded.refused.len(), 1);
    assert_eq!(recorded.refused[0].reason, Refusal::TooManySeries);
}

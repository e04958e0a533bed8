//! Clocks that jump.

use tidegate_stores::Timestamp;
use tidegate_stores::metrics::{self, Refusal, Sample};

use super::{record, record_each_second, retain, roll_up, series, statistics};
use crate::support::{at, open};

#[test]
fn a_clock_that_was_far_ahead_does_no_lasting_harm() {
    let db = open();
    let load = series("load", 1);
    record_each_second(&db, &load, 0, &[1.0; 100]);
    let wrong = at(5_000 * 86_400);
    record(&db, wrong, vec![Sample::new(load.clone(), 2.0, wrong)]);
    roll_up(&db, wrong, 100);
    retain(&db, wrong, 100);

    let recorded = record(&db, at(200), vec![Sample::new(load.clone(), 3.0, at(200))]);
    assert_eq!(recorded.stored, 1, "{recorded:?}");
    assert_eq!(statistics(&db, "load", at(200), 60).count, 1);
    roll_up(&db, at(100_000), 100);
    retain(&db, at(100_000), 100);
    assert_eq!(statistics(&db, "load", at(100_000), 99_850).count, 1);
    let rolled: i64 = db
        .query_scalar(
            "SELECT count(*) FROM tg_rollup WHERE seconds = 60 AND last = 3.0",
            (),
        )
        .unwrap();
    assert_eq!(rolled, 1);
}

#[test]
fn a_clock_that_goes_back_a_little_loses_nothing() {
    let db = open();
    let load = series("load", 1);
    record_each_second(&db, &load, 0, &[1.0; 600]);
    roll_up(&db, at(600), 100);
    for second in [300, 240, 420] {
        let recorded = record(
            &db,
            at(second),
            vec![Sample::new(load.clone(), 5.0, at(second))],
        );
        assert_eq!(recorded.stored, 1);
        roll_up(&db, at(second), 100);
    }
    let ahead = record(&db, at(100), vec![Sample::new(load.clone(), 5.0, at(600))]);
    assert_eq!(ahead.refused[0].reason, Refusal::Future);
    roll_up(&db, at(10_000), 100);
    let sum: f64 = db
        .query_scalar("SELECT sum(sum) FROM tg_rollup WHERE seconds = 60", ())
        .unwrap();
    assert_eq!(sum, 600.0 + 3.0 * 4.0);
}

#[test]
fn a_clock_that_was_far_behind_takes_nothing_out_of_rollups() {
    let db = open();
    let load = series("load", 1);
    // Samples of two hours, one each ten minutes, which retention is about to leave.
    let samples = (0..12).map(|n| Sample::new(load.clone(), 1.0, at(600 * n)));
    record(&db, at(6_600), samples.collect());
    for second in 0..10 {
        record(
            &db,
            at(6_600),
            vec![Sample::new(load.clone(), 1.0, at(second))],
        );
    }
    roll_up(&db, at(10_000), 100);
    let days = |days: i64| at(10_000 + days * 86_400);
    let counts = |seconds: i64| -> i64 {
        let sql = "SELECT sum(count) FROM tg_rollup WHERE seconds = ?";
        db.query_scalar(sql, (seconds,)).unwrap()
    };
    // One step ends within the first minute, another within the first hour.
    let retain_a_little = |now| {
        db.write(move |tx| Ok(metrics::retain_step(tx, now, 3)?))
            .unwrap()
    };
    assert!(retain_a_little(days(3)).more);
    let behind = Timestamp::MIN;
    roll_up(&db, behind, 100);
    roll_up(&db, days(3), 100);
    assert_eq!((counts(60), counts(3_600)), (21, 21));

    retain(&db, days(3), 100);
    assert_eq!((counts(60), counts(3_600)), (21, 21));
    assert!(retain_a_little(days(15)).more);
    roll_up(&db, behind, 100);
    roll_up(&db, days(15), 100);
    assert_eq!((counts(60), counts(3_600)), (9, 21));
}

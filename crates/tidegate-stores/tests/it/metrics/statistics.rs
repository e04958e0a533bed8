//! Statistics of a window.

use tidegate_stores::metrics::{PERCENTILE_RELATIVE_ERROR, Resolution, Sample};

use super::{is_close, record, record_each_second, retain, roll_up, series, statistics};
use crate::support::{at, open};

#[test]
fn figures_of_a_few_samples() {
    let db = open();
    record_each_second(
        &db,
        &series("load", 1),
        1,
        &[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0],
    );
    let found = statistics(&db, "load", at(8), 8);
    let values = found.values.clone().unwrap();
    assert_eq!(
        (found.series, found.count, found.samples_per_second),
        (1, 8, 1.0)
    );
    assert_eq!(
        (found.from, found.to, found.resolution),
        (at(0), at(8), Resolution::Sample)
    );
    assert_eq!(
        (
            values.min,
            values.max,
            values.sum,
            values.mean,
            values.median
        ),
        (2.0, 9.0, 40.0, 5.0, 4.5)
    );
    assert!(is_close(
        values.standard_deviation.unwrap(),
        (32.0_f64 / 7.0).sqrt()
    ));
    assert!(is_close(values.p95, 8.3) && is_close(values.p99, 8.86) && values.is_exact);
}

#[test]
fn the_window_leaves_its_beginning_out() {
    let db = open();
    record_each_second(&db, &series("load", 1), 0, &[1.0, 2.0, 3.0]);
    assert_eq!(statistics(&db, "load", at(2), 2).count, 2);
    assert_eq!(statistics(&db, "load", at(1), 60).count, 2);
}

#[test]
fn nothing_is_an_answer() {
    let db = open();
    let found = statistics(&db, "load", at(0), 60);
    assert_eq!((found.series, found.count, found.values), (0, 0, None));
    record(&db, at(0), vec![Sample::new(series("load", 1), 1.0, at(0))]);
    assert_eq!(statistics(&db, r#"load{n="2"}"#, at(0), 60).count, 0);
    let one = statistics(&db, "load", at(0), 60).values.unwrap();
    assert_eq!(
        (one.standard_deviation, one.rate, one.median),
        (None, None, 1.0)
    );
}

#[test]
fn rates_of_several_counters_add_up_over_their_resets() {
    let db = open();
    record_each_second(
        &db,
        &series("total", 1),
        0,
        &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0],
    );
    record_each_second(
        &db,
        &series("total", 2),
        0,
        &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 2.0, 4.0, 6.0, 8.0, 10.0],
    );
    // The window begins after the first sample, so nine differences are seen and stretched over ten seconds.
    let rate = statistics(&db, "total", at(10), 10)
        .values
        .unwrap()
        .rate
        .unwrap();
    assert!(is_close(rate, 3.0), "{rate}");
}

#[test]
fn rollups_answer_for_what_is_no_longer_kept() {
    let db = open();
    let load = series("load", 1);
    let values: Vec<f64> = (0..7_200).map(|n| f64::from(n % 100) + 1.0).collect();
    record_each_second(&db, &load, 0, &values);
    let exact = statistics(&db, "load", at(7_199), 7_200).values.unwrap();

    let later = at(7_200 + 2 * 86_400);
    roll_up(&db, later, 1_000);
    retain(&db, later, 1_000);
    assert_eq!(
        db.query_scalar::<i64>("SELECT count(*) FROM tg_sample", ())
            .unwrap(),
        0
    );
    let found = statistics(&db, "load", later, 2 * 86_400 + 7_201);
    assert_eq!((found.count, found.resolution), (7_200, Resolution::Minute));
    let values = found.values.unwrap();
    assert!(!values.is_exact);
    assert_eq!(
        (values.min, values.max, values.sum),
        (exact.min, exact.max, exact.sum)
    );
    assert!(is_close(
        values.standard_deviation.unwrap(),
        exact.standard_deviation.unwrap()
    ));
    for (estimate, exact) in [
        (values.median, exact.median),
        (values.p95, exact.p95),
        (values.p99, exact.p99),
    ] {
        assert!(
            (estimate - exact).abs() <= exact * PERCENTILE_RELATIVE_ERROR,
            "{estimate} {exact}"
        );
    }

    let much_later = at(7_200 + 15 * 86_400);
    roll_up(&db, much_later, 1_000);
    retain(&db, much_later, 1_000);
    assert_eq!(
        db.query_scalar::<i64>("SELECT count(*) FROM tg_rollup WHERE seconds = 60", ())
            .unwrap(),
        0
    );
    let found = statistics(&db, "load", much_later, 16 * 86_400);
    assert_eq!((found.count, found.resolution), (7_200, Resolution::Hour));
    let hours = found.values.unwrap();
    assert_eq!(
        (hours.min, hours.max, hours.sum),
        (exact.min, exact.max, exact.sum)
    );
    assert!((hours.p95 - exact.p95).abs() <= exact.p95 * PERCENTILE_RELATIVE_ERROR);

    let for_ever = at(401 * 86_400 + 86_400);
    roll_up(&db, for_ever, 1_000);
    retain(&db, for_ever, 1_000);
    assert_eq!(statistics(&db, "load", for_ever, 403 * 86_400).count, 0);
    for table in [
        "tg_series",
        "tg_series_label",
        "tg_rollup",
        "tg_sample_minute",
    ] {
        let left: i64 = db
            .query_scalar(format!("SELECT count(*) FROM {table}"), ())
            .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[test]
fn huge_and_tiny_values_do_no_harm() {
    let db = open();
    let values = [
        f64::MAX,
        f64::MIN,
        f64::MAX,
        5e-324,
        -0.0,
        f64::MIN_POSITIVE,
    ];
    record_each_second(&db, &series("odd", 1), 0, &values);
    roll_up(&db, at(10_000), 10);
    let values = statistics(&db, "odd", at(10_000), 20_000).values.unwrap();
    let figures = [
        values.sum,
        values.mean,
        values.standard_deviation.unwrap(),
        values.median,
        values.rate.unwrap(),
    ];
    assert!(
        figures.iter().all(|figure| figure.is_finite()),
        "{values:?}"
    );
}

//! The numbers of rules.

use std::time::Duration;

use tidegate_stores::metrics::{self, Aggregate, Evaluated, Query, Sample};
use tidegate_stores::{Error, ErrorKind, Timestamp};

use super::{is_close, record, record_each_second, selector, series};
use crate::support::{TestDb, at, open};

fn query(text: &str, aggregate: Aggregate, seconds: u64) -> Query {
    Query::new(selector(text), aggregate, Duration::from_secs(seconds))
}

fn evaluate(db: &TestDb, now: Timestamp, queries: Vec<Query>) -> Vec<Vec<Evaluated>> {
    db.read(move |tx| Ok(metrics::evaluate(tx, now, &queries)?))
        .unwrap()
}

#[test]
fn many_queries_are_answered_in_their_order() {
    let db = open();
    record_each_second(&db, &series("load", 1), 1, &[1.0, 2.0, 3.0, 4.0]);
    record_each_second(&db, &series("load", 2), 1, &[9.0, 8.0, 7.0, 6.0]);
    record_each_second(&db, &series("other", 1), 1, &[5.0]);
    let answers = evaluate(
        &db,
        at(4),
        vec![
            query("load", Aggregate::Max, 2),
            query("none", Aggregate::Max, 2),
            query(r#"load{n="1"}"#, Aggregate::P95, 60),
            query("load", Aggregate::Avg, 60),
            query("other", Aggregate::Last, 2),
        ],
    );
    let values: Vec<Vec<Option<f64>>> = answers
        .iter()
        .map(|answer| answer.iter().map(|one| one.value).collect())
        .collect();
    assert_eq!(values[0], [Some(4.0), Some(7.0)]);
    assert_eq!(values[1], []);
    assert!(is_close(values[2][0].unwrap(), 3.85));
    assert_eq!(values[3], [Some(2.5), Some(7.5)]);
    assert_eq!(values[4], [], "no sample within the window is no data");

    let first = &answers[0][0];
    assert_eq!(
        (first.series.clone(), first.samples, first.last_at),
        (series("load", 1), 2, at(4))
    );
}

#[test]
fn few_of_many_series_give_the_same_as_all() {
    let db = open();
    let batch =
        (0..400).flat_map(|n| (0..3).map(move |s| Sample::new(series("load", n), n as f64, at(s))));
    record(&db, at(2), batch.collect());
    let few = evaluate(
        &db,
        at(2),
        vec![query(r#"load{n=~"1|2"}"#, Aggregate::Sum, 60)],
    );
    let all = evaluate(&db, at(2), vec![query("load", Aggregate::Sum, 60)]);
    assert_eq!(all[0].len(), 400);
    let of = |n| {
        all[0]
            .iter()
            .find(|one| one.series == series("load", n))
            .unwrap()
            .clone()
    };
    assert_eq!(few[0], [of(1), of(2)]);
}

#[test]
fn a_rate_needs_two_samples() {
    let db = open();
    record_each_second(&db, &series("total", 1), 10, &[5.0]);
    let one = evaluate(&db, at(10), vec![query("total", Aggregate::Rate, 60)]);
    assert_eq!((one[0][0].value, one[0][0].samples), (None, 1));
    record_each_second(&db, &series("total", 1), 11, &[6.0, 7.0]);
    let rate = evaluate(&db, at(12), vec![query("total", Aggregate::Rate, 4)]);
    assert!(
        is_close(rate[0][0].value.unwrap(), 0.625),
        "three samples over two seconds, half a second before them"
    );
}

#[test]
fn a_wrong_window_names_its_query() {
    let db = open();
    let queries = vec![
        query("up", Aggregate::Avg, 1),
        query("up", Aggregate::Avg, 0),
    ];
    let error = db
        .read(move |tx| Ok(metrics::evaluate(tx, at(0), &queries)?))
        .unwrap_err();
    let error = Error::from(error);
    assert_eq!(
        (error.kind(), error.item(), error.field()),
        (ErrorKind::InvalidInput, Some(1), Some("window"))
    );
}

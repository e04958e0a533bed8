//! The statements that matter go through the indices that were made for them.

use tidegate_stores::metrics::Sample;

use super::{record, series};
use crate::support::{TestDb, at, open};

fn check(db: &TestDb, sql: &str, expected: &[&str]) {
    let parameters = vec![0_i64; sql.matches('?').count()];
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let rows: Vec<(i64, i64, i64, String)> =
        db.write(move |tx| tx.query(&explain, parameters)).unwrap();
    let steps: Vec<String> = rows
        .into_iter()
        .map(|row| row.3)
        .filter(|step| !step.contains("VIRTUAL TABLE") && !step.contains("LIST SUBQUERY"))
        .collect();
    assert_eq!(steps, expected, "{sql}");
}

#[test]
fn samples_are_read_in_the_order_of_their_table() {
    let db = open();
    let batch = (0..2_000).map(|n| {
        Sample::new(
            series("load", n % 500),
            1.0,
            at(i64::try_from(n).unwrap() / 500),
        )
    });
    record(&db, at(4), batch.collect());
    db.optimize().unwrap();
    check(
        &db,
        "SELECT series, at, value FROM tg_sample
            WHERE slot IN rarray(?) AND series IN rarray(?) AND at >= ? AND at < ? ORDER BY slot, series, at",
        &["SEARCH tg_sample USING PRIMARY KEY (slot=? AND series=? AND at>? AND at<?)"],
    );
    check(
        &db,
        "SELECT series, at, value FROM tg_sample
            WHERE slot IN rarray(?) AND series > ? AND series <= ? ORDER BY slot, series, at",
        &["SEARCH tg_sample USING PRIMARY KEY (slot=? AND series>? AND series<?)"],
    );
    check(
        &db,
        "SELECT slot, series, at FROM tg_sample WHERE slot < ? ORDER BY slot, series, at LIMIT 1 OFFSET ?",
        &["SEARCH tg_sample USING PRIMARY KEY (slot<?)"],
    );
    check(
        &db,
        "DELETE FROM tg_sample WHERE (slot, series, at) < (?, ?, ?)",
        &["SEARCH tg_sample USING PRIMARY KEY ((slot,series,at)<(?,?,?))"],
    );
}

#[test]
fn rollups_are_read_in_the_order_of_their_table() {
    let db = open();
    check(
        &db,
        "SELECT sketch FROM tg_rollup WHERE seconds = ? AND chunk IN rarray(?)
            AND series IN rarray(?) AND at >= ? AND at < ? ORDER BY chunk, series, at",
        &[
            "SEARCH tg_rollup USING PRIMARY KEY (seconds=? AND chunk=? AND series=? AND at>? AND at<?)",
        ],
    );
    check(
        &db,
        "DELETE FROM tg_rollup WHERE seconds = ? AND (chunk, series, at) < (?, ?, ?)",
        &["SEARCH tg_rollup USING PRIMARY KEY (seconds=? AND (chunk,series,at)<(?,?,?))"],
    );
}

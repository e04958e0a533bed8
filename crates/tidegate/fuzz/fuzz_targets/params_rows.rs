//! Any values: bound in every way they come back equal, and decoded as any type without a panic.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;
use tidegate::{Database, ErrorKind, Row, Value, list, named};

/// Fewer than the columns that SQLite allows.
const MOST: usize = 50;

const SCHEMA: &str = "DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, v)";

#[derive(Arbitrary, Debug)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

fuzz_target!(|cells: Vec<Cell>| {
    let values: Vec<Value> = cells.into_iter().take(MOST).map(value).collect();
    if values.is_empty() {
        return;
    }
    let db = tidegate_fuzz::reused(SCHEMA);
    assert_eq!(by_position(db, &values), values);
    assert_eq!(by_name(db, &values), values);
    stored(db, &values);
    listed(db, &values);
    for value in &values {
        decoded(db, value);
    }
    tidegate_fuzz::assert_clean(db);
});

/// SQLite has no NaN: it stores NULL.
fn value(cell: Cell) -> Value {
    match cell {
        Cell::Real(real) if real.is_nan() => Value::Null,
        Cell::Null => Value::Null,
        Cell::Integer(integer) => Value::Integer(integer),
        Cell::Real(real) => Value::Real(real),
        Cell::Text(text) => Value::Text(text),
        Cell::Blob(bytes) => Value::Blob(bytes),
    }
}

fn by_position(db: &Database, values: &[Value]) -> Vec<Value> {
    let marks = vec!["?"; values.len()].join(", ");
    let row: Row = db
        .query_one(format!("SELECT {marks}"), values)
        .wait()
        .expect("reads");
    row.into_values()
}

fn by_name(db: &Database, values: &[Value]) -> Vec<Value> {
    let names: Vec<String> = (0..values.len()).map(|at| format!(":v{at}")).collect();
    let sql = format!("SELECT {}", names.join(", "));
    let row: Row = db
        .query_one(sql, named(names.into_iter().zip(values.iter().cloned())))
        .wait()
        .expect("reads");
    row.into_values()
}

/// Through a table, all in one transaction, in their order.
fn stored(db: &Database, values: &[Value]) {
    let rows = values.iter().map(|value| (value.clone(),));
    let changed = db
        .execute_many("INSERT INTO t (v) VALUES (?)", rows.collect::<Vec<_>>())
        .wait()
        .expect("inserts");
    assert_eq!(changed, values.len() as u64);
    let back: Vec<Row> = db
        .query("SELECT v FROM t ORDER BY id", ())
        .wait()
        .expect("reads");
    let back: Vec<Value> = back.into_iter().flat_map(Row::into_values).collect();
    assert_eq!(back, values);
}

/// What is not NULL is found in a list of all.
fn listed(db: &Database, values: &[Value]) {
    let found: usize = db
        .query_scalar(
            "SELECT count(*) FROM t WHERE v IN (SELECT value FROM rarray(?))",
            (list(values.iter().cloned()),),
        )
        .wait()
        .expect("reads");
    assert_eq!(
        found,
        values.iter().filter(|value| !value.is_null()).count()
    );
}

/// As every type: the value, or an error of conversion that does not show it.
fn decoded(db: &Database, value: &Value) {
    decode::<i64>(db, value);
    decode::<u8>(db, value);
    decode::<bool>(db, value);
    decode::<f32>(db, value);
    decode::<String>(db, value);
    decode::<Vec<u8>>(db, value);
    decode::<Option<char>>(db, value);
    decode::<(Option<u64>,)>(db, value);
    decode::<std::collections::BTreeMap<String, i64>>(db, value);
    decode::<()>(db, value);
}

fn decode<T: DeserializeOwned + Send + 'static>(db: &Database, value: &Value) {
    let decoded = db.query_one::<T>("SELECT ? AS it", (value.clone(),)).wait();
    let Err(error) = decoded else { return };
    assert_eq!(error.kind(), ErrorKind::Conversion, "{error}");
    if let Value::Text(text) = value
        && text.len() > 12
    {
        assert!(!format!("{error} {error:?}").contains(text.as_str()));
    }
}

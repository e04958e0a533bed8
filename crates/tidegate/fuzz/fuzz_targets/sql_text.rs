//! Any text, run in every way: no panic, no call past its deadline, and a clean connection afterwards.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::{Corpus, fuzz_target};
use tidegate::{Database, Error, ErrorKind, Row};

const DEADLINE: Duration = Duration::from_millis(100);
/// What a slow machine may add to a deadline.
const GRACE: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
    CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, UNIQUE (v));
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (p INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
    CREATE VIEW w AS SELECT id FROM t;
    CREATE TRIGGER g BEFORE DELETE ON t BEGIN SELECT raise(ROLLBACK, 'kept'); END;
    INSERT INTO t VALUES (1, 'one'), (2, 'two');";

fuzz_target!(|text: &str| -> Corpus {
    if reaches_outside(text) {
        return Corpus::Reject;
    }
    let db = tidegate_fuzz::fresh();
    db.execute_batch(SCHEMA).wait().expect("creates");
    for run in [execute, query, script, closure, read, transaction] {
        let began = Instant::now();
        if let Err(error) = run(&db, text.to_owned()) {
            look_at(&error, text);
        }
        assert!(began.elapsed() < DEADLINE + GRACE, "{:?}", began.elapsed());
        tidegate_fuzz::assert_clean(&db);
    }
    Corpus::Keep
});

/// Files, and values of a size that the fuzzer's memory limit would stop before SQLite's own does.
fn reaches_outside(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let has_long_number = text
        .as_bytes()
        .windows(6)
        .any(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    has_long_number
        || ["attach", "vacuum", "e+", "hard_heap"]
            .iter()
            .any(|word| lower.contains(word))
}

fn execute(db: &Database, text: String) -> Result<(), Error> {
    db.execute(text, ()).deadline(DEADLINE).wait().map(drop)
}

fn query(db: &Database, text: String) -> Result<(), Error> {
    db.query::<Row>(text, ())
        .deadline(DEADLINE)
        .wait()
        .map(drop)
}

fn script(db: &Database, text: String) -> Result<(), Error> {
    db.execute_batch(text).deadline(DEADLINE).wait()
}

/// Goes on after an error, within a savepoint and without one.
fn closure(db: &Database, text: String) -> Result<(), Error> {
    let work = db.write(move |tx| {
        let inner = tx.savepoint(|tx| tx.execute(&text, ()));
        let outer = tx.execute(&text, (1,));
        tx.query::<Row>(&text, ())?;
        inner.and(outer).map(drop)
    });
    work.deadline(DEADLINE).wait()
}

fn read(db: &Database, text: String) -> Result<(), Error> {
    let count = |db: &Database| {
        db.query_scalar::<i64>("SELECT total_changes()", ())
            .wait()
            .expect("reads")
    };
    let before = count(db);
    let work = db.read(move |tx| tx.query::<Row>(&text, ()).map(drop));
    let outcome = work.deadline(DEADLINE).wait();
    assert_eq!(count(db), before, "a read has written");
    outcome
}

fn transaction(db: &Database, text: String) -> Result<(), Error> {
    let tx = db.begin().wait().expect("begins");
    let outcome = tx.execute(text.clone(), ()).deadline(DEADLINE).wait();
    let read = tx.query::<Row>(text, ()).deadline(DEADLINE).wait();
    drop(tx);
    outcome.map(drop).and(read.map(drop))
}

/// Errors point into the text, and are no accident of the driver's.
fn look_at(error: &Error, text: &str) {
    assert!(!error.to_string().is_empty());
    assert_ne!(error.kind(), ErrorKind::Panicked, "{error}");
    assert_ne!(error.kind(), ErrorKind::Closed, "{error}");
    if let (Some(offset), Some(sql)) = (error.sql_offset(), error.sql()) {
        assert!(offset <= sql.len() && text.contains(sql), "{error}");
    }
}

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

/// Words by which a text comes further than to its first syntax error.
const WORDS: &[&str] = &[
    "SELECT",
    "*",
    "FROM",
    "t",
    "WHERE",
    "id",
    "=",
    "1",
    "INSERT",
    "INTO",
    "VALUES",
    "(",
    ")",
    ",",
    ";",
    "UPDATE",
    "SET",
    "v",
    "DELETE",
    "RETURNING",
    "OR",
    "ROLLBACK",
    "REPLACE",
    "IGNORE",
    "ABORT",
    "FAIL",
    "BEGIN",
    "IMMEDIATE",
    "COMMIT",
    "END",
    "SAVEPOINT",
    "RELEASE",
    "TO",
    "tidegate",
    "CREATE",
    "TABLE",
    "TEMP",
    "VIEW",
    "INDEX",
    "TRIGGER",
    "DROP",
    "ALTER",
    "RENAME",
    "ADD",
    "COLUMN",
    "WITH",
    "RECURSIVE",
    "c",
    "(x)",
    "AS",
    "UNION",
    "ALL",
    "x",
    "+",
    "LIMIT",
    "ORDER BY",
    "GROUP BY",
    "HAVING",
    "count(*)",
    "PRAGMA",
    "table_info",
    "user_version",
    "writable_schema",
    "journal_mode",
    "foreign_keys",
    "page_count",
    "EXPLAIN",
    "QUERY PLAN",
    "NULL",
    "'text'",
    "x'00'",
    "?",
    "?1",
    ":a",
    "$b",
    "parent",
    "child",
    "w",
    "sqlite_schema",
    "json_each('[1,2]')",
    "raise(ROLLBACK, 'no')",
    "STRICT",
    "WITHOUT ROWID",
    "REFERENCES",
    "DEFERRABLE INITIALLY DEFERRED",
    "REINDEX",
    "ANALYZE",
    "--",
    "\n",
    "/*",
    "*/",
    "ON CONFLICT",
    "DO NOTHING",
    "DO",
    "EXISTS",
    "IF",
    "NOT",
    "CASE",
    "WHEN",
    "THEN",
    "CAST",
    "IN",
    "load_extension(v)",
];

fuzz_target!(|data: &[u8]| -> Corpus {
    let text = text_of(data);
    if reaches_outside(&text) {
        return Corpus::Reject;
    }
    let db = tidegate_fuzz::fresh();
    db.execute_batch(SCHEMA).wait().expect("creates");
    for run in [execute, query, script, closure, read, transaction] {
        let began = Instant::now();
        if let Err(error) = run(&db, text.to_owned()) {
            look_at(&error, &text);
        }
        assert!(began.elapsed() < DEADLINE + GRACE, "{:?}", began.elapsed());
        tidegate_fuzz::assert_clean(&db);
    }
    db.close().wait().expect("closes");
    Corpus::Keep
});

/// Every byte is a word, but what lies between two bytes of 255 is text as it stands.
fn text_of(data: &[u8]) -> String {
    let word = |byte: &u8| WORDS[usize::from(*byte) % WORDS.len()];
    let parts = data.split(|byte| *byte == 255).enumerate();
    let texts = parts.map(|(at, part)| match at % 2 {
        0 => part.iter().map(word).collect::<Vec<_>>().join(" "),
        _ => String::from_utf8_lossy(part).into_owned(),
    });
    texts.collect()
}

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

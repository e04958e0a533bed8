//! Tests of errors: what they carry and how they are shown.

use std::error::Error as _;
use std::panic::catch_unwind;
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::{Connection, ErrorCode, ffi};

use super::*;
use crate::params::IntoParams;

const SCHEMA: &str = "
    CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL, a, b, CHECK (a <> 9),
        CONSTRAINT b_is_small CHECK (b < 10), UNIQUE (a, b));
    CREATE UNIQUE INDEX lower_name ON parent (lower(name));
    CREATE TABLE child (parent REFERENCES parent (id)) ;
    CREATE TABLE strict (n INTEGER) STRICT;
    CREATE TABLE keyed (k TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE guarded (x);
    CREATE TRIGGER guard BEFORE INSERT ON guarded BEGIN SELECT RAISE(ABORT, 'not here'); END;
    INSERT INTO parent VALUES (1, 'Ann', 1, 1);
    INSERT INTO keyed VALUES ('k');
";

pub(super) fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = ON")
        .unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

/// The error of one statement, prepared and run to its end.
pub(super) fn run(connection: &Connection, sql: &str, params: impl IntoParams) -> Error {
    let params = params.into_params().unwrap();
    let outcome = (|| {
        let mut statement = connection
            .prepare(sql)
            .map_err(|error| Error::from_sqlite(error, Some(sql)))?;
        params.bind(&mut statement)?;
        let mut rows = statement.raw_query();
        while rows
            .next()
            .map_err(|error| Error::from_sqlite(error, Some(sql)))?
            .is_some()
        {}
        Ok(())
    })();
    outcome
        .map_err(|error: Error| error.redact(&params))
        .unwrap_err()
}

#[track_caller]
fn check_place(sql: &str, offset: usize, expected: &str) {
    let error = run(&database(), sql, ());
    assert_eq!(
        (error.kind(), error.sql_offset()),
        (ErrorKind::Query, Some(offset))
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_query_error_points_at_its_place() {
    check_place(
        "SELECT * FRM t",
        9,
        "near \"FRM\": syntax error (line 1, column 10)\n  SELECT * FRM t\n           ^",
    );
    check_place(
        "SELECT 'äö',\n\tmissing\nFROM parent",
        16,
        "no such column: missing (line 2, column 2)\n   missing\n   ^",
    );
    let wide = format!("SELECT {}wrong FROM parent", "1, ".repeat(1000));
    let error = run(&database(), &wide, ());
    assert!(
        error
            .to_string()
            .lines()
            .all(|line| line.chars().count() <= 130),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("no such column: wrong (line 1, column 3008)\n")
    );
}

#[test]
fn a_place_beyond_the_text_is_dropped_and_one_inside_a_character_is_moved() {
    let input = |offset| {
        let error = ffi::Error {
            code: ErrorCode::Unknown,
            extended_code: 1,
        };
        Error::from_sqlite(
            rusqlite::Error::SqlInputError {
                error,
                msg: "x".into(),
                sql: "é".into(),
                offset,
            },
            None,
        )
    };
    assert_eq!(input(1).to_string(), "x (line 1, column 1)\n  é\n  ^");
    assert_eq!(input(2).to_string(), "x (line 1, column 2)\n  é\n   ^");
    assert_eq!(
        (input(99).sql_offset(), input(-1).sql_offset()),
        (None, None)
    );
}

#[test]
fn an_application_error_comes_back_as_it_was() {
    let error = Error::application(std::fmt::Error);
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Application, std::fmt::Error.to_string())
    );
    assert!(error.downcast_ref::<std::fmt::Error>().is_some() && error.source().is_some());
    let error = error.downcast::<std::io::Error>().unwrap_err();
    assert_eq!(
        error.downcast::<std::fmt::Error>().unwrap(),
        std::fmt::Error
    );
    assert_eq!(
        Error::application(Error::closed()).kind(),
        ErrorKind::Closed
    );
    assert_eq!(Error::application("plain text").to_string(), "plain text");
}

#[test]
fn a_duplicate_is_the_same_error_with_a_shared_source() {
    let first = run(&database(), "INSERT INTO keyed VALUES ('k')", ())
        .with_item(3)
        .context("saving");
    let second = first.duplicate();
    assert_eq!(format!("{first} {first:?}"), format!("{second} {second:?}"));
    assert_eq!(
        (second.item(), second.constraint().is_some()),
        (Some(3), true)
    );
    let first = Error::application(std::fmt::Error);
    let second = first.duplicate();
    let first = first.downcast::<std::fmt::Error>().unwrap_err();
    assert!(first.downcast_ref::<std::fmt::Error>().is_some());
    drop(first);
    assert!(second.downcast::<std::fmt::Error>().is_ok());
}

#[test]
fn an_io_error_keeps_its_source() {
    let cases = [
        (std::io::ErrorKind::NotFound, ErrorKind::Io),
        (std::io::ErrorKind::StorageFull, ErrorKind::DiskFull),
        (std::io::ErrorKind::ReadOnlyFilesystem, ErrorKind::ReadOnly),
    ];
    for (kind, expected) in cases {
        let error = Error::from(std::io::Error::from(kind));
        assert_eq!(error.kind(), expected);
        assert_eq!(error.downcast_ref::<std::io::Error>().unwrap().kind(), kind);
    }
}

#[test]
fn timing_outcome_context_and_item_are_shown() {
    let timing = Timing {
        waited: Duration::from_millis(20),
        ran: Duration::from_micros(1500),
    };
    let error = Error::deadline(timing, Committed::Unknown)
        .with_item(2)
        .context("importing")
        .context("nightly job");
    assert_eq!(
        error.to_string(),
        "nightly job: importing: item 2: the deadline has passed (waited 20.0ms, ran 1.5ms); \
         the commit was under way, its outcome is unknown"
    );
    assert_eq!(
        (error.timing(), error.committed()),
        (Some(timing), Committed::Unknown)
    );
    let debug = format!("{error:?}");
    assert!(
        debug.contains("Deadline") && debug.contains("Unknown") && debug.contains("importing"),
        "{debug}"
    );
}

#[test]
fn retrying_is_advised_only_where_nothing_was_done() {
    let waited = Timing {
        waited: Duration::from_secs(1),
        ran: Duration::ZERO,
    };
    let ran = Timing {
        waited: Duration::ZERO,
        ran: Duration::from_secs(1),
    };
    assert!(Error::busy("x").is_retryable());
    assert!(Error::deadline(waited, Committed::No).is_retryable());
    assert!(!Error::deadline(ran, Committed::No).is_retryable());
    assert!(
        !Error::busy("x")
            .with_committed(Committed::Unknown)
            .is_retryable()
    );
    assert!(!Error::cancelled(waited, Committed::No).is_retryable());
}

#[test]
fn a_panic_keeps_its_message() {
    let panicked = |panic: fn()| Error::panicked(catch_unwind(panic).unwrap_err()).to_string();
    assert_eq!(panicked(|| panic!("plain")), "the closure panicked: plain");
    assert_eq!(
        panicked(|| panic!("number {}", 7)),
        "the closure panicked: number 7"
    );
    assert_eq!(
        panicked(|| std::panic::panic_any(7)),
        "the closure panicked: with a payload that is not text"
    );
}

#[test]
fn codes_are_unique_and_stable() {
    let codes: std::collections::BTreeSet<_> =
        ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(codes.len(), ErrorKind::ALL.len());
    assert_eq!(ErrorKind::NotADatabase.to_string(), "not_a_database");
}

#[test]
fn an_error_goes_anywhere() {
    fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<Error>();
    assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
}

proptest! {
    #[test]
    fn places_never_panic(sql in any::<String>(), offset in any::<i32>()) {
        let error = ffi::Error { code: ErrorCode::Unknown, extended_code: 1 };
        let failure = rusqlite::Error::SqlInputError { error, msg: String::new(), sql, offset };
        let _ = Error::from_sqlite(failure, None).to_string();
    }
}

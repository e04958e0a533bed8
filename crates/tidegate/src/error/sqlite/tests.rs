//! Tests of the kinds: from SQLite itself where it can be made to yield them.

use std::error::Error as _;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, ffi};

use crate::error::tests::{database, run};
use crate::error::{ConstraintKind, Error, ErrorKind};

/// A statement, and what its error says: kind, name, table, columns.
type Violation<'a> = (
    &'a str,
    ConstraintKind,
    Option<&'a str>,
    Option<&'a str>,
    &'a [&'a str],
);

fn sqlite(code: i32) -> Error {
    Error::from_sqlite(
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None),
        None,
    )
}

#[test]
fn constraints_say_which_table_and_columns() {
    use ConstraintKind as K;
    let connection = database();
    let cases: [Violation<'_>; 11] = [
        (
            "INSERT INTO parent VALUES (1, 'B', 2, 2)",
            K::PrimaryKey,
            None,
            Some("parent"),
            &["id"],
        ),
        (
            "INSERT INTO parent VALUES (2, 'B', 1, 1)",
            K::Unique,
            None,
            Some("parent"),
            &["a", "b"],
        ),
        (
            "INSERT INTO parent VALUES (2, 'ANN', 2, 2)",
            K::Unique,
            Some("lower_name"),
            None,
            &[],
        ),
        (
            "INSERT INTO parent VALUES (2, NULL, 2, 2)",
            K::NotNull,
            None,
            Some("parent"),
            &["name"],
        ),
        (
            "INSERT INTO parent VALUES (2, 'B', 9, 2)",
            K::Check,
            Some("a <> 9"),
            None,
            &[],
        ),
        (
            "INSERT INTO parent VALUES (2, 'B', 2, 10)",
            K::Check,
            Some("b_is_small"),
            None,
            &[],
        ),
        (
            "INSERT INTO child VALUES (77)",
            K::ForeignKey,
            None,
            None,
            &[],
        ),
        (
            "INSERT INTO strict VALUES ('secret')",
            K::DataType,
            None,
            Some("strict"),
            &["n"],
        ),
        (
            "INSERT INTO parent (id) VALUES ('secret')",
            K::DataType,
            None,
            None,
            &[],
        ),
        (
            "INSERT INTO keyed VALUES ('k')",
            K::PrimaryKey,
            None,
            Some("keyed"),
            &["k"],
        ),
        (
            "INSERT INTO guarded VALUES (1)",
            K::Trigger,
            None,
            None,
            &[],
        ),
    ];
    for (sql, kind, name, table, columns) in cases {
        let error = run(&connection, sql, ());
        assert_eq!(error.kind(), ErrorKind::Constraint, "{sql}: {error}");
        let constraint = error.constraint().unwrap();
        let names = (constraint.name.as_deref(), constraint.table.as_deref());
        assert_eq!(
            (constraint.kind, names),
            (kind, (name, table)),
            "{sql}: {error}"
        );
        assert_eq!(constraint.columns, columns, "{sql}");
        assert!(error.extended_code().is_some() && error.sql() == Some(sql));
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn every_result_code_has_its_kind() {
    use ErrorKind as K;
    let cases = [
        (ffi::SQLITE_BUSY, K::Busy),
        (ffi::SQLITE_BUSY_SNAPSHOT, K::Busy),
        (ffi::SQLITE_LOCKED, K::Busy),
        (ffi::SQLITE_LOCKED_SHAREDCACHE, K::Busy),
        (ffi::SQLITE_PROTOCOL, K::Busy),
        (ffi::SQLITE_SCHEMA, K::Busy),
        (ffi::SQLITE_INTERRUPT, K::Cancelled),
        (ffi::SQLITE_ABORT_ROLLBACK, K::Cancelled),
        (ffi::SQLITE_READONLY_DIRECTORY, K::ReadOnly),
        (ffi::SQLITE_CORRUPT_INDEX, K::Corrupt),
        (ffi::SQLITE_IOERR_CORRUPTFS, K::Corrupt),
        (ffi::SQLITE_NOTADB, K::NotADatabase),
        (ffi::SQLITE_FULL, K::DiskFull),
        (ffi::SQLITE_IOERR_WRITE, K::Io),
        (ffi::SQLITE_CANTOPEN, K::Io),
        (ffi::SQLITE_CANTOPEN_ISDIR, K::Io),
        (ffi::SQLITE_PERM, K::Io),
        (ffi::SQLITE_TOOBIG, K::TooBig),
        (ffi::SQLITE_NOMEM, K::TooBig),
        (ffi::SQLITE_IOERR_NOMEM, K::TooBig),
        (ffi::SQLITE_CONSTRAINT_VTAB, K::Constraint),
        (ffi::SQLITE_MISMATCH, K::Constraint),
        (ffi::SQLITE_MISUSE, K::Misuse),
        (ffi::SQLITE_RANGE, K::Misuse),
        (ffi::SQLITE_AUTH, K::Misuse),
        (ffi::SQLITE_ERROR, K::Query),
        (ffi::SQLITE_INTERNAL, K::Query),
    ];
    for (code, kind) in cases {
        let error = sqlite(code);
        assert_eq!(
            (error.kind(), error.extended_code()),
            (kind, Some(code)),
            "{error}"
        );
        assert!(!error.to_string().is_empty() && error.source().is_none());
    }
}

#[test]
fn the_bindings_own_failures_have_their_kinds() {
    use rusqlite::Error as B;
    let nul = std::ffi::CString::new("a\0b").unwrap_err();
    let cases = [
        (B::MultipleStatement, ErrorKind::Misuse),
        (B::NulError(nul), ErrorKind::Misuse),
        (B::QueryReturnedNoRows, ErrorKind::NoRows),
        (B::ExecuteReturnedResults, ErrorKind::Misuse),
        (B::InvalidParameterCount(1, 2), ErrorKind::Misuse),
        (B::InvalidColumnIndex(3), ErrorKind::Misuse),
        (
            B::InvalidColumnType(0, "c".into(), rusqlite::types::Type::Text),
            ErrorKind::Conversion,
        ),
        (B::IntegralValueOutOfRange(0, 12_345), ErrorKind::Conversion),
        (B::UnwindingPanic, ErrorKind::Panicked),
        (B::BlobSizeError, ErrorKind::Misuse),
        (B::SqliteSingleThreadedMode, ErrorKind::Query),
    ];
    for (binding, kind) in cases {
        let error = Error::from_sqlite(binding, Some("SELECT 1"));
        assert_eq!(
            (error.kind(), error.sql()),
            (kind, Some("SELECT 1")),
            "{error}"
        );
        assert!(!error.to_string().contains("12345"));
    }
}

#[test]
fn files_that_cannot_be_opened_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(
        &text,
        "this is no database, but it is long enough to look like one".repeat(20),
    )
    .unwrap();
    let not_a_database = Connection::open(&text).unwrap();
    assert_eq!(
        run(&not_a_database, "SELECT * FROM sqlite_schema", ()).kind(),
        ErrorKind::NotADatabase
    );

    for path in [
        folder.path().to_owned(),
        folder.path().join("missing").join("x.db"),
    ] {
        let error = Error::from_sqlite(Connection::open(path).unwrap_err(), None);
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let path = folder.path().join("good.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    let read_only = Connection::open_with_flags(&path, flags).unwrap();
    assert_eq!(
        run(&read_only, "INSERT INTO t VALUES (1)", ()).kind(),
        ErrorKind::ReadOnly
    );
}

#[test]
fn a_full_database_and_a_locked_one_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("CREATE TABLE t (x); PRAGMA max_page_count = 3")
        .unwrap();
    let full = run(&connection, "INSERT INTO t VALUES (zeroblob(100000))", ());
    assert_eq!(full.kind(), ErrorKind::DiskFull);
    let other = Connection::open(&path).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = run(&other, "INSERT INTO t VALUES (1)", ());
    assert!(busy.kind() == ErrorKind::Busy && busy.is_retryable() && !full.is_retryable());
}

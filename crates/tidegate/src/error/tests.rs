//! Tests of errors: each kind from SQLite itself where SQLite can be made to yield it.

use std::error::Error as _;
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use super::*;
use crate::params::{IntoParams, Params};

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

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = ON")
        .unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

/// The error of one statement, prepared and run to its end.
fn run(connection: &Connection, sql: &str, params: impl IntoParams) -> Error {
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
    let cases: [(&str, K, Option<&str>, Option<&str>, &[&str]); 11] = [
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
    let panicked =
        |panic: fn()| Error::panicked(std::panic::catch_unwind(panic).unwrap_err()).to_string();
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

#[test]
fn json_functions_quote_values_and_are_redacted() {
    let connection = Connection::open_in_memory().unwrap();
    let cases = [
        ("SELECT json_extract('{}', ?1)", "$x.confidential"),
        ("SELECT json(?1)", "{confidential"),
    ];
    for (sql, secret) in cases {
        let error = run(&connection, sql, (secret,));
        let shown = format!("{error} {error:?}");
        assert!(
            error.kind() == ErrorKind::Query && !shown.contains("confidential"),
            "{shown}"
        );
    }
}

#[test]
fn full_text_search_quotes_values_and_is_redacted() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE VIRTUAL TABLE docs USING fts5 (body)")
        .unwrap();
    for secret in [
        "confidential:x",
        "confidential \"",
        "AND confidential",
        "x^confidential(",
    ] {
        let error = run(
            &connection,
            "SELECT * FROM docs WHERE docs MATCH ?1",
            (secret,),
        );
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("confidential"), "{shown}");
    }
}

#[test]
fn a_message_made_from_the_schema_is_not_redacted() {
    let error = run(
        &database(),
        "INSERT INTO parent VALUES (2, ?1, 1, 1)",
        ("parent constraint UNIQUE",),
    );
    assert_eq!(
        error.to_string(),
        "UNIQUE constraint failed: parent.a, parent.b"
    );
}

#[test]
fn a_trigger_that_quotes_a_value_is_redacted() {
    let connection = Connection::open_in_memory().unwrap();
    let raise = "CREATE TABLE t (x); CREATE TRIGGER g BEFORE INSERT ON t \
        BEGIN SELECT RAISE(ABORT, 'refused: ' || new.x); END;";
    connection.execute_batch(raise).unwrap();
    let error = run(&connection, "INSERT INTO t VALUES (?1)", ("top secret",));
    assert_eq!(error.to_string(), "refused: \u{2026}");
}

/// A failure at run time with this message, redacted by these parameters.
fn redacted(message: &str, params: Params) -> String {
    let error = ffi::Error::new(ffi::SQLITE_ERROR);
    let failure = rusqlite::Error::SqliteFailure(error, Some(message.to_owned()));
    Error::from_sqlite(failure, None)
        .redact(&params.into_params().unwrap())
        .to_string()
}

#[test]
fn fragments_are_replaced_and_the_rest_is_kept() {
    let cases = [
        (
            "near \"foo bar\": error",
            "x foo bar y",
            "near \"\u{2026}\": error",
        ),
        ("no such column: Foo", "a foo b", "no such column: \u{2026}"),
        ("it's 'open", "open", "it's '\u{2026}"),
        ("ab is short", "ab", "ab is short"),
        ("nothing to hide", "", "nothing to hide"),
        ("wert: größe", "die größe", "wert: \u{2026}"),
    ];
    for (message, bound, expected) in cases {
        assert_eq!(redacted(message, crate::params![bound]), expected);
    }
    assert_eq!(
        redacted(
            "bad 12345 and abc",
            crate::params![12_345, b"xabcx".to_vec()]
        ),
        "bad \u{2026} and \u{2026}"
    );
    assert_eq!(
        redacted("bad abc", crate::params![crate::params::list(["zabc"])]),
        "bad \u{2026}"
    );
}

proptest! {
    #[test]
    fn no_fragment_of_a_bound_value_survives(
        before in "[A-Z]{0,8} ?",
        secret in "[a-z0-9]{3,12}( [a-z0-9]{3,12}){0,3}",
        after in "[\"': ]{0,3}[A-Z]{0,8}",
        quoted in any::<bool>(),
        skipped in 0_usize..3,
    ) {
        let fragment: Vec<&str> = secret.split(' ').skip(skipped).collect();
        let fragment = fragment.join(" ");
        let message = if quoted { format!("{before}\"{fragment}\"{after}") } else { format!("{before} {fragment} {after}") };
        let shown = redacted(&message, crate::params![secret.as_str()]);
        for word in fragment.split(' ').filter(|word| !word.is_empty()) {
            prop_assert!(!shown.contains(word), "{:?} in {:?}", word, shown);
        }
    }

    #[test]
    fn redacting_never_panics(message in any::<String>(), text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let _ = redacted(&message, crate::params![text, bytes]);
    }

    #[test]
    fn places_never_panic(sql in any::<String>(), offset in any::<i32>()) {
        let error = ffi::Error { code: ErrorCode::Unknown, extended_code: 1 };
        let failure = rusqlite::Error::SqlInputError { error, msg: String::new(), sql, offset };
        let _ = Error::from_sqlite(failure, None).to_string();
    }
}

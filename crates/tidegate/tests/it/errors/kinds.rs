//! Each kind of error, reached by a call.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use tidegate::{CancelToken, Committed, ConstraintKind, Database, Error, ErrorKind, Options};
use tidegate_testkit::vfs::{Failure, Fault, FaultVfs, FileKind, Op};

use super::{NUMBER, SECRET, assert_error, assert_serves};
use crate::support::{open, open_with};

#[tokio::test]
async fn busy_when_another_process_holds_the_lock() {
    let db = open_with(|options| options.busy_timeout(Duration::from_millis(50))).await;
    let other = rusqlite::Connection::open(db.dir.path().join("test.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = db
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&error, ErrorKind::Busy);
    assert_eq!(error.committed(), Committed::No);
    assert!(error.is_retryable());
    assert_error(&db.begin().await.unwrap_err(), ErrorKind::Busy);
    assert!(db.stats().writer.busy_retries > 0);
    other.execute_batch("ROLLBACK").unwrap();
    assert_serves(&db).await;
}

#[tokio::test]
async fn busy_for_a_call_with_a_transaction_of_its_own_leaves_no_trace() {
    let db = open_with(|options| options.busy_timeout(Duration::from_millis(50))).await;
    let other = rusqlite::Connection::open(db.dir.path().join("test.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_error(&db.optimize().await.unwrap_err(), ErrorKind::Busy);
    other.execute_batch("ROLLBACK").unwrap();
    db.execute("PRAGMA user_version = 3", ()).await.unwrap();
    db.vacuum().await.unwrap();
    assert_serves(&db).await;
}

#[tokio::test]
async fn deadline_cancelled_and_closed_tell_what_became_of_the_work() {
    let db = open().await;
    let holder = db.begin().await.unwrap();
    let late = db
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .deadline(Duration::from_millis(20));
    let late = late.await.unwrap_err();
    assert_error(&late, ErrorKind::Deadline);
    assert!(late.timing().unwrap().waited >= Duration::from_millis(20));
    let token = CancelToken::new();
    token.cancel();
    let cancelled = db
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .cancel(&token)
        .await
        .unwrap_err();
    assert_error(&cancelled, ErrorKind::Cancelled);
    drop(holder);
    assert_serves(&db).await;
    db.close().await.unwrap();
    let closed = db
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&closed, ErrorKind::Closed);
}

#[tokio::test]
async fn constraint_names_which_one_of_which_table_and_columns() {
    let db = open().await;
    db.execute_batch(
        "CREATE TABLE c (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age INT CONSTRAINT grown CHECK (age >= 18),
             boss INT REFERENCES c (id));
         CREATE TABLE strict (n INT) STRICT;
         CREATE TRIGGER no BEFORE DELETE ON c BEGIN SELECT RAISE(ABORT, 'kept'); END;
         INSERT INTO c VALUES (1, 'mail-of-one', 30, NULL)",
    )
    .await
    .unwrap();
    let cases: [(&str, ConstraintKind, Option<&str>, &[&str]); 7] = [
        (
            "INSERT INTO c VALUES (2, 'mail-of-one', 30, NULL)",
            ConstraintKind::Unique,
            Some("c"),
            &["mail"],
        ),
        (
            "INSERT INTO c VALUES (1, 'other', 30, NULL)",
            ConstraintKind::PrimaryKey,
            Some("c"),
            &["id"],
        ),
        (
            "INSERT INTO c VALUES (2, NULL, 30, NULL)",
            ConstraintKind::NotNull,
            Some("c"),
            &["mail"],
        ),
        (
            "INSERT INTO c VALUES (2, 'other', 3, NULL)",
            ConstraintKind::Check,
            None,
            &[],
        ),
        (
            "INSERT INTO c VALUES (2, 'other', 30, 99)",
            ConstraintKind::ForeignKey,
            None,
            &[],
        ),
        ("DELETE FROM c", ConstraintKind::Trigger, None, &[]),
        (
            "INSERT INTO strict VALUES ('no number')",
            ConstraintKind::DataType,
            Some("strict"),
            &["n"],
        ),
    ];
    for (sql, kind, table, columns) in cases {
        let error = db.execute(sql, ()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Constraint, "{sql}: {error}");
        let constraint = error.constraint().unwrap();
        assert_eq!(constraint.kind, kind, "{sql}: {error}");
        assert_eq!(constraint.table.as_deref(), table, "{sql}: {error}");
        assert_eq!(constraint.columns, columns, "{sql}: {error}");
        assert!(error.extended_code().is_some());
    }
    let check = db
        .execute("INSERT INTO c VALUES (2, ?, 3, NULL)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&check, ErrorKind::Constraint);
    assert_eq!(check.constraint().unwrap().name.as_deref(), Some("grown"));
    assert_serves(&db).await;
}

#[tokio::test]
async fn read_only_in_a_read_and_on_a_database_opened_for_reading() {
    let db = open().await;
    let in_read =
        db.read(|tx| tx.query::<(i64,)>("INSERT INTO t VALUES (1, ?) RETURNING id", (SECRET,)));
    assert_error(&in_read.await.unwrap_err(), ErrorKind::ReadOnly);
    let snapshot = db.snapshot().await.unwrap();
    let in_snapshot =
        snapshot.query::<(i64,)>("INSERT INTO t VALUES (1, ?) RETURNING id", (SECRET,));
    assert_error(&in_snapshot.await.unwrap_err(), ErrorKind::ReadOnly);
    drop(snapshot);
    assert_serves(&db).await;
    let path = db.dir.path().join("test.db");
    let reader = Options::new(path).read_only(true).open().await.unwrap();
    let write = reader
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&write, ErrorKind::ReadOnly);
    assert_error(&reader.begin().await.unwrap_err(), ErrorKind::ReadOnly);
    assert_eq!(crate::support::count(&reader).await, 1);
}

/// Overwrites the middle of a file with what is no page.
fn damage(path: &Path) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length / 2 / 4096 * 4096))
        .unwrap();
    file.write_all(&[0xa5; 8192]).unwrap();
}

#[tokio::test]
async fn corrupt_when_a_page_in_the_middle_is_damaged_and_the_rest_still_serves() {
    let db = open().await;
    db.execute_batch("CREATE TABLE other (a); INSERT INTO other VALUES (1)")
        .await
        .unwrap();
    let many = "INSERT INTO t WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 20000) SELECT x, 'a row of text ' || x FROM c";
    db.execute(many, ()).await.unwrap();
    let path = db.dir.path().join("test.db");
    db.close().await.unwrap();
    damage(&path);
    let db = Database::open(&path).await.unwrap();
    let read = db.query_scalar::<i64>("SELECT sum(length(v)) FROM t WHERE v <> ?", (SECRET,));
    assert_error(&read.await.unwrap_err(), ErrorKind::Corrupt);
    let write = db.execute("UPDATE t SET v = ?", (SECRET,));
    assert_error(&write.await.unwrap_err(), ErrorKind::Corrupt);
    let healthy: i64 = db.query_scalar("SELECT a FROM other", ()).await.unwrap();
    assert_eq!(healthy, 1);
    db.execute("INSERT INTO other VALUES (2)", ())
        .await
        .unwrap();
    let findings = db.integrity_check().await;
    assert!(findings.is_err() || !findings.unwrap().is_empty());
}

#[tokio::test]
async fn not_a_database_when_the_file_is_something_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("letter.txt");
    fs::write(&path, "Dear reader, this is no database. ".repeat(100)).unwrap();
    let error = Database::open(&path).await.unwrap_err();
    assert_error(&error, ErrorKind::NotADatabase);
    assert!(error.to_string().contains("letter.txt"), "{error}");
}

#[tokio::test]
async fn io_for_paths_that_cannot_be_opened() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("no such folder").join("test.db");
    for (path, what) in [
        (dir.path(), "directory"),
        (&*missing, "directory does not exist"),
    ] {
        let error = Database::open(path).await.unwrap_err();
        assert_error(&error, ErrorKind::Io);
        assert!(error.to_string().contains(what), "{error}");
    }
    let not_created = Options::new(dir.path().join("absent.db"))
        .create(false)
        .open();
    assert_error(&not_created.await.unwrap_err(), ErrorKind::Io);
}

#[tokio::test]
async fn disk_full_and_io_from_a_failing_disk() {
    let vfs = FaultVfs::register("errors-disk");
    let db = open_with(|options| options.vfs(vfs.name())).await;
    vfs.inject(Fault::new(Op::Write, Failure::DiskFull).on(FileKind::Wal));
    let full = db
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&full, ErrorKind::DiskFull);
    vfs.heal();
    vfs.inject(Fault::new(Op::Write, Failure::Io).on(FileKind::Wal));
    let failed = db
        .execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&failed, ErrorKind::Io);
    vfs.heal();
    assert_serves(&db).await;
}

#[tokio::test]
async fn query_points_at_the_place_in_the_text() {
    let db = open().await;
    let sql = "SELECT id FROM t WHERE nonsense = ?";
    let error = db.query::<(i64,)>(sql, (SECRET,)).await.unwrap_err();
    assert_error(&error, ErrorKind::Query);
    assert_eq!(error.sql(), Some(sql));
    assert_eq!(error.sql_offset(), sql.find("nonsense"));
    let write = db
        .execute("INSERT INTO nowhere VALUES (?)", (SECRET,))
        .await
        .unwrap_err();
    assert_error(&write, ErrorKind::Query);
    let batch = "INSERT INTO t VALUES (1, 1); INSERT INTO nowhere VALUES (1)";
    assert_error(
        &db.execute_batch(batch).await.unwrap_err(),
        ErrorKind::Query,
    );
    assert_eq!(crate::support::count(&db).await, 0);
    assert_serves(&db).await;
}

#[tokio::test]
async fn conversion_names_the_column_and_both_types() {
    let db = open().await;
    db.execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap();
    let error = db
        .query::<(i64, i64)>("SELECT id, v FROM t", ())
        .await
        .unwrap_err();
    assert_error(&error, ErrorKind::Conversion);
    let conversion = error.conversion().unwrap();
    assert_eq!(
        (conversion.index, conversion.name.as_deref()),
        (Some(1), Some("v"))
    );
    assert_eq!(conversion.found, "TEXT");
    let shape = db
        .query::<(i64,)>("SELECT id, v FROM t", ())
        .await
        .unwrap_err();
    assert_error(&shape, ErrorKind::Conversion);
    assert_serves(&db).await;
}

#[tokio::test]
async fn no_rows_where_one_was_asked_for() {
    let db = open().await;
    let sql = "SELECT id FROM t WHERE v = ?";
    assert_error(
        &db.query_one::<(i64,)>(sql, (SECRET,)).await.unwrap_err(),
        ErrorKind::NoRows,
    );
    assert_error(
        &db.query_scalar::<i64>(sql, (SECRET,)).await.unwrap_err(),
        ErrorKind::NoRows,
    );
    assert_eq!(db.query_opt::<(i64,)>(sql, (SECRET,)).await.unwrap(), None);
}

#[tokio::test]
async fn too_big_for_a_value_beyond_sqlites_limit() {
    let db = open().await;
    let read = db.query_scalar::<i64>("SELECT length(zeroblob(2000000000)) + ?", (NUMBER,));
    assert_error(&read.await.unwrap_err(), ErrorKind::TooBig);
    let write = db.execute("INSERT INTO t VALUES (?, zeroblob(2000000000))", (NUMBER,));
    assert_error(&write.await.unwrap_err(), ErrorKind::TooBig);
    assert_serves(&db).await;
}

#[tokio::test]
async fn application_errors_come_out_as_they_went_in() {
    #[derive(Debug, PartialEq)]
    struct SoldOut(u32);
    impl std::fmt::Display for SoldOut {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "sold out")
        }
    }
    impl std::error::Error for SoldOut {}
    let db = open().await;
    let sale = db.write(|tx| {
        tx.execute("INSERT INTO t VALUES (1, ?)", (SECRET,))?;
        Err::<(), _>(Error::application(SoldOut(3)))
    });
    let error = sale.await.unwrap_err();
    assert_error(&error, ErrorKind::Application);
    assert_eq!(error.downcast::<SoldOut>().unwrap(), SoldOut(3));
    assert_serves(&db).await;
    assert_eq!(crate::support::count(&db).await, 1);
}

//! What belongs to the driver: transactions and the settings of its connections.

use tidegate::{ErrorKind, Row};

use super::{assert_error, assert_serves};
use crate::support::{count, open};

const CONTROL: [&str; 9] = [
    "BEGIN",
    "BEGIN EXCLUSIVE",
    "COMMIT",
    "END TRANSACTION",
    "ROLLBACK",
    "ROLLBACK TO tidegate",
    "SAVEPOINT tidegate",
    "RELEASE tidegate",
    "/* hidden */ COMMIT",
];

#[tokio::test]
async fn transaction_control_in_sql_is_refused_everywhere() {
    let db = open().await;
    for sql in CONTROL {
        assert_error(&db.execute(sql, ()).await.unwrap_err(), ErrorKind::Misuse);
        assert_error(&db.execute_batch(sql).await.unwrap_err(), ErrorKind::Misuse);
        let closure = db.write(move |tx| {
            tx.execute("INSERT INTO t VALUES (1, 1)", ())?;
            tx.execute(sql, ())
        });
        assert_error(&closure.await.unwrap_err(), ErrorKind::Misuse);
        let tx = db.begin().await.unwrap();
        tx.execute("INSERT INTO t VALUES (2, 2)", ()).await.unwrap();
        assert_error(&tx.execute(sql, ()).await.unwrap_err(), ErrorKind::Misuse);
        tx.rollback().await.unwrap();
    }
    assert_eq!(count(&db).await, 0);
    assert_serves(&db).await;
}

#[tokio::test]
async fn settings_of_the_connections_are_refused_with_the_way_to_set_them() {
    let db = open().await;
    for setting in [
        "journal_mode = DELETE",
        "main.journal_mode = DELETE",
        "synchronous = OFF",
        "foreign_keys = OFF",
        "busy_timeout = 0",
        "query_only = ON",
        "locking_mode = EXCLUSIVE",
        "wal_autocheckpoint = 1",
        "writable_schema = ON",
        "trusted_schema = ON",
        "mmap_size = 0",
        "cache_size = 1",
        "temp_store = FILE",
        "JOURNAL_MODE(delete)",
    ] {
        let error = db
            .execute(format!("PRAGMA {setting}"), ())
            .await
            .unwrap_err();
        assert_error(&error, ErrorKind::Misuse);
        assert!(error.to_string().contains("Options"), "{error}");
    }
    let mode: String = db.query_scalar("PRAGMA journal_mode", ()).await.unwrap();
    assert_eq!(mode, "wal");
    let rows: Vec<Row> = db.query("PRAGMA table_info(t)", ()).await.unwrap();
    assert_eq!(rows.len(), 2);
    db.execute("PRAGMA user_version = 7", ()).await.unwrap();
    assert_eq!(
        db.query_scalar::<i64>("PRAGMA user_version", ())
            .await
            .unwrap(),
        7
    );
    assert_serves(&db).await;
}

#[tokio::test]
async fn a_deletion_of_all_rows_and_a_drop_do_what_they_say_beside_a_subscriber() {
    let db = open().await;
    let _changes = db.changes();
    db.execute("INSERT INTO t VALUES (1, 1), (2, 2)", ())
        .await
        .unwrap();
    assert_eq!(db.execute("DELETE FROM t", ()).await.unwrap(), 2);
    assert_eq!(count(&db).await, 0);
    db.execute("DROP TABLE t", ()).await.unwrap();
    assert_error(
        &db.query::<Row>("SELECT * FROM t", ()).await.unwrap_err(),
        ErrorKind::Query,
    );
}

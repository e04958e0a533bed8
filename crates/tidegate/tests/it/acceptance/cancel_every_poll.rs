//! Case 1: every kind of call, dropped at every poll count: it has happened whole or not at all, and nothing is held.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_core::Stream;
use tidegate::{Batch, Database, Migration, Migrations, Result};
use tidegate_testkit::poll::{block_on, drop_at_every_poll};

use super::{assert_no_transaction_open, assert_settled};
use crate::support::{TestDb, open_with};

const PAIR: &str = "INSERT INTO pair (mark) VALUES (?)";

/// One reader and small queues, so that whatever is held is missed at once.
async fn open_tight() -> TestDb {
    let db = open_with(|options| {
        options
            .synchronous(tidegate::Synchronous::Normal)
            .readers(1)
            .reader_queue(2)
            .writer_queue(2)
    })
    .await;
    db.execute("CREATE TABLE pair (mark)", ()).await.unwrap();
    db
}

/// Drops what `call` gives at every poll count. Each run gets a mark of its own, with which it inserts two rows or none.
fn dropped_everywhere<F, T>(call: impl Fn(Database, i64) -> F)
where
    F: Future<Output = Result<T>>,
{
    let db = block_on(open_tight());
    let mark = AtomicI64::new(0);
    let make = || call(db.db.clone(), mark.fetch_add(1, Ordering::Relaxed) + 1);
    let completed = drop_at_every_poll(make, |point| {
        let mark = mark.load(Ordering::Relaxed);
        // Whatever was held is free again: a write and a read get through.
        block_on(db.execute("INSERT INTO t VALUES (NULL, 1)", ())).unwrap();
        let rows: i64 =
            block_on(db.query_scalar("SELECT count(*) FROM pair WHERE mark = ?", (mark,))).unwrap();
        assert!([0, 2].contains(&rows), "{rows} rows of a pair, {point}");
    });
    completed.output.map(drop).expect("the last run completes");
    assert_settled(&db);
    assert_no_transaction_open(&db.dir.path().join("test.db"));
    block_on(db.close()).unwrap();
}

#[test]
fn case_01_execute() {
    dropped_everywhere(|db, mark| db.execute("INSERT INTO pair VALUES (?1), (?1)", (mark,)));
}

#[test]
fn case_01_execute_batch() {
    dropped_everywhere(|db, mark| {
        db.execute_batch(format!(
            "INSERT INTO pair VALUES ({mark}); INSERT INTO pair VALUES ({mark})"
        ))
    });
}

#[test]
fn case_01_execute_many() {
    dropped_everywhere(|db, mark| db.execute_many(PAIR, [(mark,), (mark,)]));
}

#[test]
fn case_01_batch() {
    dropped_everywhere(|db, mark| {
        db.batch(
            Batch::atomic()
                .execute(PAIR, (mark,))
                .execute(PAIR, (mark,)),
        )
    });
}

#[test]
fn case_01_query() {
    dropped_everywhere(|db, _| db.query::<(i64, i64)>("SELECT * FROM t", ()));
}

#[test]
fn case_01_query_that_writes() {
    dropped_everywhere(|db, mark| {
        db.query::<(i64,)>("INSERT INTO pair VALUES (?1), (?1) RETURNING mark", (mark,))
    });
}

#[test]
fn case_01_query_one_opt_and_scalar() {
    dropped_everywhere(|db, _| async move {
        db.query_one::<(i64,)>("SELECT 1", ()).await?;
        db.query_opt::<(i64,)>("SELECT 1", ()).await?;
        db.query_scalar::<i64>("SELECT 1", ()).await
    });
}

#[test]
fn case_01_read() {
    dropped_everywhere(|db, _| db.read(|tx| tx.query_scalar::<i64>("SELECT count(*) FROM t", ())));
}

#[test]
fn case_01_write() {
    dropped_everywhere(|db, mark| {
        db.write(move |tx| {
            tx.execute(PAIR, (mark,))?;
            tx.savepoint(|tx| tx.execute(PAIR, (mark,)))
        })
    });
}

#[test]
fn case_01_transaction() {
    dropped_everywhere(|db, mark| async move {
        let tx = db.begin().await?;
        tx.execute(PAIR, (mark,)).await?;
        tx.query_scalar::<i64>("SELECT count(*) FROM pair", ())
            .await?;
        tx.run(move |tx| tx.execute(PAIR, (mark,))).await?;
        tx.commit().await
    });
}

#[test]
fn case_01_transaction_rolled_back() {
    dropped_everywhere(|db, mark| async move {
        let tx = db.begin().await?;
        tx.execute(PAIR, (mark,)).await?;
        tx.rollback().await
    });
}

#[test]
fn case_01_savepoint() {
    dropped_everywhere(|db, mark| async move {
        let mut tx = db.begin().await?;
        let mut outer = tx.savepoint().await?;
        outer.execute(PAIR, (mark,)).await?;
        let inner = outer.savepoint().await?;
        inner.execute(PAIR, (-mark,)).await?;
        inner.rollback().await?;
        outer.execute(PAIR, (mark,)).await?;
        outer.commit().await?;
        tx.commit().await
    });
}

#[test]
fn case_01_snapshot() {
    dropped_everywhere(|db, _| async move {
        let snapshot = db.snapshot().await?;
        snapshot.query::<(i64, i64)>("SELECT * FROM t", ()).await?;
        snapshot
            .read(|tx| tx.query_scalar::<i64>("SELECT count(*) FROM t", ()))
            .await
    });
}

#[test]
fn case_01_stream() {
    dropped_everywhere(|db, _| async move {
        let mut rows = db.stream::<(i64,)>(
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 2000) SELECT x FROM c",
            (),
        );
        let mut sum = 0;
        while let Some(row) = rows.next().await {
            sum += row?.0;
        }
        Ok(sum)
    });
}

#[test]
fn case_01_checkpoint() {
    dropped_everywhere(|db, _| db.checkpoint(tidegate::CheckpointMode::Truncate));
}

#[test]
fn case_01_deadline_and_token() {
    dropped_everywhere(|db, mark| async move {
        let token = tidegate::CancelToken::new();
        db.execute("INSERT INTO pair VALUES (?1), (?1)", (mark,))
            .deadline(Duration::from_secs(20))
            .cancel(&token)
            .await
    });
}

#[test]
fn case_01_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dropped.db");
    let completed = drop_at_every_poll(|| Database::open(&path), |_| ());
    let db = completed.output.unwrap();
    block_on(db.execute("CREATE TABLE t (a)", ())).unwrap();
    block_on(db.close()).unwrap();
    let none_left = || tidegate_testkit::threads_named("dropped.").is_empty();
    assert!(tidegate_testkit::wait_until(super::PATIENCE, none_left));
}

#[test]
fn case_01_close() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("closing.db");
    let open = || async {
        let db = Database::open(&path).await?;
        db.execute("CREATE TABLE IF NOT EXISTS t (a)", ()).await?;
        db.close().await
    };
    drop_at_every_poll(open, |_| ()).output.unwrap();
    let none_left = || tidegate_testkit::threads_named("closing.").is_empty();
    assert!(tidegate_testkit::wait_until(super::PATIENCE, none_left));
}

// The database as a whole.

#[test]
fn case_01_backup_and_vacuum_into() {
    dropped_everywhere(|db, _| async move {
        let dir = tempfile::tempdir().unwrap();
        db.backup(dir.path().join("copy.db")).await?;
        db.vacuum_into(dir.path().join("compact.db")).await?;
        let copies = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(copies, 2, "nothing but the two copies");
        Ok(())
    });
}

#[test]
fn case_01_integrity_check_and_optimize() {
    dropped_everywhere(|db, _| async move {
        db.quick_check().await?;
        db.integrity_check().await?;
        db.optimize().await
    });
}

#[test]
fn case_01_migrate() {
    dropped_everywhere(|db, mark| async move {
        let pair = format!("INSERT INTO pair VALUES ({mark}); INSERT INTO pair VALUES ({mark})");
        let steps = Migrations::new([Migration::sql("pair", pair)]);
        db.migrate(&steps).await
    });
}

#[test]
fn case_01_watch_and_changes() {
    dropped_everywhere(|db, mark| async move {
        let mut changes = db.changes();
        let mut watch = db.watch::<(i64,)>("SELECT mark FROM pair WHERE mark = ?", (mark,));
        let before = watch.next().await.expect("runs at once")?;
        assert_eq!(before, []);
        db.execute("INSERT INTO pair VALUES (?1), (?1)", (mark,))
            .await?;
        while watch.next().await.expect("runs again")?.len() != 2 {}
        std::future::poll_fn(|cx| Pin::new(&mut changes).poll_next(cx)).await;
        Ok(())
    });
}

#[test]
fn case_01_blobs() {
    dropped_everywhere(|db, _| async move {
        db.execute("INSERT OR REPLACE INTO t VALUES (1, zeroblob(200000))", ())
            .await?;
        let mut tx = db.begin().await?;
        let mut writer = tx.blob_writer("t", "v", 1).await?;
        writer.write_all(&[7; 100_000]).await?;
        writer.write_all(&[8; 100_000]).await?;
        writer.finish().await?;
        tx.commit().await?;
        let mut reader = db.blob_reader("t", "v", 1).await?;
        let bytes = reader.read_to_end().await?;
        assert_eq!((bytes[0], bytes[150_000], bytes.len()), (7, 8, 200_000));
        Ok(())
    });
}

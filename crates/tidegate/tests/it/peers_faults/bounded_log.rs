//! Fault 9: whatever kind of call is made again and again, the write-ahead log stays small.

use std::ops::ControlFlow;
use std::time::Duration;

use tidegate::{Batch, Database, Result, Row};
use tidegate_testkit::wait_until;

use crate::support::{TestDb, open_with};

const SOFT: u64 = 256 << 10;
/// What the log may grow to while a checkpoint is under way. Without checkpoints it would be several times that.
const BOUND: u64 = 3 << 20;
const ROUNDS: i64 = 1_000;
/// Each call touches a page of its own, so that the log grows by a page or more with it.
const PAGE: &str = "INSERT INTO t (v) VALUES (zeroblob(3000))";
const PAGE_BACK: &str = "INSERT INTO t (v) VALUES (zeroblob(3000)) RETURNING id";

async fn open_governed() -> TestDb {
    open_with(|options| {
        options
            .synchronous(tidegate::Synchronous::Normal)
            .wal_soft_limit_bytes(SOFT)
            .wal_hard_limit_bytes(2 << 20)
    })
    .await
}

/// Makes a call again and again, and checks that the log has stayed within bounds all the time, and that it can be
/// emptied afterwards: no statement is left half run.
async fn stays_bounded<R>(call: impl AsyncFn(&Database, i64) -> Result<R>) {
    let db = open_governed().await;
    let log = db.dir.path().join("test.db-wal");
    let size = || std::fs::metadata(&log).map_or(0, |file| file.len());
    let mut largest = 0;
    for round in 0..ROUNDS {
        call(&db, round).await.unwrap();
        if round % 16 == 0 {
            largest = largest.max(size());
        }
    }
    assert!(largest < BOUND, "the log grew to {largest} bytes");
    let emptied = || size() <= SOFT;
    assert!(
        wait_until(Duration::from_secs(20), emptied),
        "the log stays at {} bytes",
        size()
    );
}

#[tokio::test]
async fn fault_09_execute_leaves_a_bounded_log() {
    stays_bounded(async |db, _| db.execute(PAGE, ()).await).await;
}

#[tokio::test]
async fn fault_09_execute_returning_leaves_a_bounded_log() {
    stays_bounded(async |db, _| db.execute(PAGE_BACK, ()).await).await;
}

#[tokio::test]
async fn fault_09_query_one_returning_leaves_a_bounded_log() {
    stays_bounded(async |db, _| db.query_one::<(i64,)>(PAGE_BACK, ()).await).await;
}

#[tokio::test]
async fn fault_09_execute_batch_and_many_leave_a_bounded_log() {
    stays_bounded(async |db, round| match round % 2 {
        0 => db.execute_batch(PAGE).await,
        _ => db
            .execute_many("INSERT INTO t (v) VALUES (zeroblob(?))", [(3000,)])
            .await
            .map(drop),
    })
    .await;
}

#[tokio::test]
async fn fault_09_batch_leaves_a_bounded_log() {
    stays_bounded(async |db, round| {
        let batch = match round % 2 {
            0 => Batch::atomic(),
            _ => Batch::independent(),
        };
        db.batch(batch.execute(PAGE, ())).await
    })
    .await;
}

#[tokio::test]
async fn fault_09_write_leaves_a_bounded_log() {
    stays_bounded(async |db, _| {
        db.write(|tx| tx.query_each(PAGE_BACK, (), |_| Ok(ControlFlow::Break(()))))
            .await
    })
    .await;
}

#[tokio::test]
async fn fault_09_transactions_leave_a_bounded_log() {
    stays_bounded(async |db, _| {
        let tx = db.begin().await?;
        tx.query_one::<(i64,)>(PAGE_BACK, ()).await?;
        tx.commit().await
    })
    .await;
}

#[tokio::test]
async fn fault_09_reads_of_one_row_beside_writes_leave_a_bounded_log() {
    stays_bounded(async |db, _| {
        db.execute(PAGE, ()).await?;
        db.query_opt::<(i64,)>("SELECT id FROM t", ()).await?;
        db.read(|tx| tx.query_each("SELECT id FROM t", (), |_| Ok(ControlFlow::Break(()))))
            .await
    })
    .await;
}

#[tokio::test]
async fn fault_09_streams_and_snapshots_beside_writes_leave_a_bounded_log() {
    stays_bounded(async |db, round| {
        db.execute(PAGE, ()).await?;
        let mut rows = db.stream::<(i64,)>("SELECT id FROM t", ());
        assert!(rows.next().await.is_some());
        drop(rows);
        let snapshot = db.snapshot().await?;
        if round % 2 == 0 {
            snapshot.query_opt::<Row>("SELECT id FROM t", ()).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn fault_09_calls_that_fail_leave_a_bounded_log() {
    stays_bounded(async |db, _| {
        db.execute(PAGE, ()).await?;
        // Rows that do not fit, on a reader and on the writer.
        assert!(db.query::<(bool,)>("SELECT v FROM t", ()).await.is_err());
        assert!(
            db.query_one::<(bool,)>("INSERT INTO t (v) VALUES (zeroblob(3000)) RETURNING v", ())
                .await
                .is_err()
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn fault_09_maintenance_beside_writes_leaves_a_bounded_log() {
    stays_bounded(async |db, round| {
        db.blocking().execute(PAGE, ())?;
        match round % 100 {
            0 => db.integrity_check().await.map(drop),
            25 => db.optimize().await,
            50 => db
                .checkpoint(tidegate::CheckpointMode::Passive)
                .await
                .map(drop),
            75 => {
                let dir = tempfile::tempdir().expect("a temporary directory");
                db.backup(dir.path().join("copy.db")).await
            }
            _ => Ok(()),
        }
    })
    .await;
}

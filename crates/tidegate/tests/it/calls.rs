//! Every kind of call once, from end to end.

use std::time::{Duration, Instant};

use tidegate::{Database, ErrorKind};

use crate::support::{count, open};

#[tokio::test]
async fn rows_come_back_as_they_went_in() {
    let db = open().await;
    let changed = db
        .execute("INSERT INTO t VALUES (?, ?)", (1, "one"))
        .await
        .unwrap();
    assert_eq!(changed, 1);
    let rows: Vec<(i64, String)> = db.query("SELECT id, v FROM t", ()).await.unwrap();
    assert_eq!(rows, [(1, "one".to_owned())]);
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_closure_that_fails_undoes_its_own_work_only() {
    let db = open().await;
    let (good, bad) = tokio::join!(
        db.write(|tx| tx.execute("INSERT INTO t VALUES (1, 1)", ())),
        db.write(|tx| {
            tx.execute("INSERT INTO t VALUES (2, 2)", ())?;
            tx.execute("INSERT INTO t VALUES (2, 2)", ())
        }),
    );
    assert_eq!(good.unwrap(), 1);
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Constraint);
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_transaction_commits_and_a_dropped_one_rolls_back() {
    let db = open().await;
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    assert_eq!(count(&db).await, 0);
    tx.commit().await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (2, 2)", ()).await.unwrap();
    drop(tx);
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn savepoints_nest() {
    let db = open().await;
    let mut tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let mut outer = tx.savepoint().await.unwrap();
    outer
        .execute("INSERT INTO t VALUES (2, 2)", ())
        .await
        .unwrap();
    let inner = outer.savepoint().await.unwrap();
    inner
        .execute("INSERT INTO t VALUES (3, 3)", ())
        .await
        .unwrap();
    drop(inner);
    outer.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn a_snapshot_keeps_its_rows() {
    let db = open().await;
    let snapshot = db.snapshot().await.unwrap();
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let then: i64 = snapshot
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .unwrap();
    assert_eq!((then, count(&db).await), (0, 1));
}

#[tokio::test]
async fn a_runaway_query_stops_at_its_deadline() {
    let db = open().await;
    let began = Instant::now();
    let error = db
        .query_scalar::<i64>(
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
            (),
        )
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn memory_serves_reads_and_writes_from_one_connection() {
    let db = Database::open_in_memory().await.unwrap();
    db.execute("CREATE TABLE t (id)", ()).await.unwrap();
    db.execute("INSERT INTO t VALUES (1)", ()).await.unwrap();
    assert_eq!(count(&db).await, 1);
    db.close().await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn many_writers_share_commits() {
    let db = open().await;
    let tasks: Vec<_> = (0..64)
        .map(|id| {
            let db = db.db.clone();
            tokio::spawn(async move {
                for n in 0..20 {
                    db.execute("INSERT INTO t VALUES (?, ?)", (id * 100 + n, n))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count(&db).await, 64 * 20);
    let writer = db.stats().writer;
    assert!(writer.group_commits < writer.jobs_committed);
}

//! Cases 2 and 3: work that does not end by itself is stopped, and the next call finds a clean connection.

use std::time::Duration;

use tidegate::{Committed, ErrorKind};

use super::{RUNAWAY, assert_settled};
use crate::support::{count, open_with};

#[tokio::test]
async fn case_02_a_runaway_read_closure_stops_too() {
    let db = open_with(|options| options.readers(1)).await;
    let error = db
        .read(|tx| tx.query_scalar::<i64>(RUNAWAY, ()))
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let timing = error.timing().unwrap();
    assert!(timing.ran > Duration::ZERO, "{timing:?}");
    assert_eq!(count(&db).await, 0);
    assert_settled(&db);
}

#[tokio::test]
async fn case_02_a_runaway_query_keeps_nobody_from_the_other_reader() {
    let db = open_with(|options| options.readers(2)).await;
    for _ in 0..10 {
        let runaway = db
            .query_scalar::<i64>(RUNAWAY, ())
            .deadline(Duration::from_secs(20));
        let runaway = tokio::spawn(runaway);
        while db.stats().read_lane.in_flight == 0 {
            tokio::task::yield_now().await;
        }
        for _ in 0..5 {
            // Answered while the other one runs, which it does for much longer than this may take.
            let beside = db.query_scalar::<i64>("SELECT count(*) FROM t", ());
            assert_eq!(beside.deadline(Duration::from_secs(5)).await.unwrap(), 0);
        }
        assert!(!runaway.is_finished());
        runaway.abort();
        let _ = runaway.await;
    }
    assert_settled(&db);
}

#[tokio::test]
async fn an_answer_is_not_kept_back_by_what_runs_after_it() {
    let db = open_with(|options| options.readers(1)).await;
    for _ in 0..30 {
        // All queued behind one transaction, so that one reader takes them together.
        let holder = db.snapshot().await.unwrap();
        let quick = tokio::spawn(db.query_scalar::<i64>("SELECT count(*) FROM t", ()));
        let runaway = db
            .query_scalar::<i64>(RUNAWAY, ())
            .deadline(Duration::from_secs(20));
        let runaway = tokio::spawn(runaway);
        while db.stats().read_lane.queued < 2 {
            tokio::task::yield_now().await;
        }
        drop(holder);
        assert_eq!(quick.await.unwrap().unwrap(), 0);
        assert!(!runaway.is_finished(), "it was waited for");
        runaway.abort();
        let _ = runaway.await;
    }
}

#[tokio::test]
async fn an_answer_is_not_kept_back_by_a_closure_or_a_snapshot_after_it() {
    let db = open_with(|options| options.readers(1)).await;
    for _ in 0..30 {
        let holder = db.snapshot().await.unwrap();
        let (told, tell) = std::sync::mpsc::channel::<()>();
        let quick = tokio::spawn(db.query_scalar::<i64>("SELECT count(*) FROM t", ()));
        let closure = tokio::spawn(db.read(move |_| Ok(tell.recv().is_ok())));
        let second = tokio::spawn(db.query_scalar::<i64>("SELECT count(*) FROM t", ()));
        let snapshot = tokio::spawn(db.snapshot());
        while db.stats().read_lane.queued < 4 {
            tokio::task::yield_now().await;
        }
        drop(holder);
        assert_eq!(quick.await.unwrap().unwrap(), 0);
        told.send(()).unwrap();
        assert!(closure.await.unwrap().unwrap());
        // The snapshot is held by its task's answer, which nobody takes before this one.
        assert_eq!(second.await.unwrap().unwrap(), 0);
        drop(snapshot.await.unwrap().unwrap());
    }
}

#[tokio::test]
async fn case_03_a_timed_out_write_of_three_million_rows_leaves_nothing() {
    let db = open_with(|options| options).await;
    let three_million = "INSERT INTO t WITH RECURSIVE c(x) AS
        (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 3000000) SELECT x, 'row ' || x FROM c";
    let error = db
        .execute(three_million, ())
        .deadline(Duration::from_millis(300))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    assert_eq!(
        db.execute("INSERT INTO t VALUES (1, 'next')", ())
            .await
            .unwrap(),
        1
    );
    assert_eq!(count(&db).await, 1);
    assert_settled(&db);
}

#[tokio::test]
async fn case_03_a_timed_out_transaction_leaves_nothing_either() {
    let db = open_with(|options| options).await;
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let error = tx
        .query_scalar::<i64>(RUNAWAY, ())
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let ended = tx.commit().await.unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::Cancelled, "{ended}");
    assert_eq!(count(&db).await, 0);
}

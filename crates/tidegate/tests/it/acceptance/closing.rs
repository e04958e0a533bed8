//! Case 15: closing, whatever goes on at the time, ends every thread and leaves one clean file.

use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, Instant};

use tidegate::{Database, ErrorKind};
use tidegate_testkit::poll::{CountingWaker, poll_once};
use tidegate_testkit::{threads_named, wait_until};

use super::{PATIENCE, RUNAWAY};
use crate::support::{TestDb, open_with};

const INSERT: &str = "INSERT INTO t VALUES (?, 'row')";

/// A database whose threads carry the test's own name.
async fn open_named(name: &str) -> TestDb {
    open_with(|options| options.name(name).close_timeout(Duration::from_millis(200))).await
}

/// Everything is over: no thread, no log, and the file holds so many rows.
fn assert_gone(db: &TestDb, name: &str, rows: i64) {
    let prefix = format!("{name}.");
    let none = || threads_named(&prefix).is_empty();
    assert!(wait_until(PATIENCE, none), "{:?}", threads_named(&prefix));
    let path = db.dir.path().join("test.db");
    assert!(
        !db.dir.path().join("test.db-wal").exists(),
        "the log is left"
    );
    assert_eq!(rows_in(&path), rows);
}

fn rows_in(path: &Path) -> i64 {
    let file = rusqlite::Connection::open(path).unwrap();
    file.query_row("SELECT count(*) FROM t", (), |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn case_15_close_finishes_queued_work_and_refuses_new() {
    let db = open_named("cqueue").await;
    let holder = db.begin().await.unwrap();
    let mut queued: Vec<_> = (0..20).map(|id| db.execute(INSERT, (id,))).collect();
    for call in &mut queued {
        assert!(poll_once(Pin::new(call), &CountingWaker::new()).is_pending());
    }
    let mut closing = db.close();
    assert!(poll_once(Pin::new(&mut closing), &CountingWaker::new()).is_pending());
    let refused = db.execute(INSERT, (100,)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Closed);
    drop(holder);
    for call in queued {
        assert_eq!(call.await.unwrap(), 1);
    }
    closing.await.unwrap();
    assert_gone(&db, "cqueue", 20);
}

#[tokio::test]
async fn case_15_close_interrupts_a_running_query_at_its_timeout() {
    let db = open_named("crun").await;
    let running = tokio::spawn(db.query_scalar::<i64>(RUNAWAY, ()));
    while db.stats().calls.read.in_flight == 0 {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    db.close().await.unwrap();
    assert!(began.elapsed() < PATIENCE);
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed, "{error}");
    assert_gone(&db, "crun", 0);
}

#[tokio::test]
async fn case_15_close_rolls_an_open_transaction_back() {
    let db = open_named("ctx").await;
    let tx = db.begin().await.unwrap();
    tx.execute(INSERT, (1,)).await.unwrap();
    db.close().await.unwrap();
    let error = tx.execute(INSERT, (2,)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed, "{error}");
    assert!(tx.commit().await.is_err());
    assert_gone(&db, "ctx", 0);
}

#[tokio::test]
async fn case_15_close_ends_a_borrowed_snapshot() {
    let db = open_named("csnap").await;
    let snapshot = db.snapshot().await.unwrap();
    db.close().await.unwrap();
    let error = snapshot
        .query_scalar::<i64>("SELECT 1", ())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed, "{error}");
    assert_gone(&db, "csnap", 0);
}

#[tokio::test]
async fn case_15_close_with_a_begin_in_the_queue_does_not_wait_for_its_owner() {
    let db = open_named("cbegin").await;
    let holder = db.begin().await.unwrap();
    let mut late = db.begin();
    assert!(poll_once(Pin::new(&mut late), &CountingWaker::new()).is_pending());
    let mut closing = db.close();
    assert!(poll_once(Pin::new(&mut closing), &CountingWaker::new()).is_pending());
    drop(holder);
    // Opened after the closing began: kept by its owner, who must not be able to hold the closing up.
    let kept = late.await;
    let closed = tokio::time::timeout(Duration::from_secs(5), closing).await;
    closed
        .expect("closes although a transaction is held")
        .unwrap();
    if let Ok(tx) = kept {
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::Closed);
    }
    assert_gone(&db, "cbegin", 0);
}

#[tokio::test]
async fn case_15_close_ends_a_stream_that_is_not_read() {
    let db = open_named("cstream").await;
    let mut rows = db.stream::<(i64,)>(
        "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
        (),
    );
    assert_eq!(rows.next().await.unwrap().unwrap(), (1,));
    let closed = tokio::time::timeout(PATIENCE, db.close()).await;
    closed.expect("closes although a stream is held").unwrap();
    assert_gone(&db, "cstream", 0);
}

#[tokio::test]
async fn case_15_close_twice_and_at_the_same_time() {
    let db = open_named("ctwice").await;
    db.execute(INSERT, (1,)).await.unwrap();
    let other = db.db.clone();
    let (a, b) = tokio::join!(db.close(), other.close());
    a.unwrap();
    b.unwrap();
    db.close().await.unwrap();
    assert_eq!(
        db.query_scalar::<i64>("SELECT 1", ())
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::Closed
    );
    assert_eq!(db.begin().await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(db.snapshot().await.unwrap_err().kind(), ErrorKind::Closed);
    assert_gone(&db, "ctwice", 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_15_close_in_the_middle_of_everything_answers_everybody() {
    let db = open_named("cmiddle").await;
    let tasks: Vec<_> = (0..32i64)
        .map(|task| {
            let db = db.db.clone();
            tokio::spawn(async move {
                let mut written = 0;
                loop {
                    let id = task * 1_000_000 + written;
                    match db.execute(INSERT, (id,)).await {
                        Ok(_) => written += 1,
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::Closed, "{error}");
                            return written;
                        }
                    }
                }
            })
        })
        .collect();
    while db.stats().calls.write.succeeded < 200 {
        tokio::task::yield_now().await;
    }
    // Long enough to drain even on a busy machine: otherwise a commit under way would be told as unknown.
    db.close().timeout(PATIENCE).await.unwrap();
    let mut written = 0;
    for task in tasks {
        written += task.await.unwrap();
    }
    assert_gone(&db, "cmiddle", written);
}

#[tokio::test]
async fn case_15_dropping_the_last_handle_closes() {
    let db = open_named("cdrop").await;
    db.execute(INSERT, (1,)).await.unwrap();
    let TestDb { db, dir } = db;
    drop(db);
    assert!(wait_until(PATIENCE, || threads_named("cdrop.").is_empty()));
    assert_eq!(rows_in(&dir.path().join("test.db")), 1);
}

#[tokio::test]
async fn case_15_the_last_handle_dropped_on_a_thread_of_the_databases_own_closes_it() {
    let TestDb { db, dir } = open_named("clast").await;
    let inner = db.clone();
    let (told, tell) = std::sync::mpsc::channel::<()>();
    let mut call = db.write(move |tx| {
        let rows = tx.execute(INSERT, (1,));
        let _ = tell.recv();
        drop(inner);
        rows
    });
    let waker = CountingWaker::new();
    assert!(poll_once(Pin::new(&mut call), &waker).is_pending());
    while db.stats().write_lane.in_flight == 0 {
        tokio::task::yield_now().await;
    }
    drop((call, db));
    drop(told);
    assert!(wait_until(PATIENCE, || threads_named("clast.").is_empty()));
    assert_eq!(rows_in(&dir.path().join("test.db")), 0);
}

#[tokio::test]
async fn case_15_a_closed_file_can_be_opened_again_at_once() {
    let db = open_named("cagain").await;
    let path = db.dir.path().join("test.db");
    for id in 0..5 {
        let again = Database::open(&path).await.unwrap();
        again.execute(INSERT, (id,)).await.unwrap();
        again.close().await.unwrap();
    }
    db.close().await.unwrap();
    assert_gone(&db, "cagain", 5);
}

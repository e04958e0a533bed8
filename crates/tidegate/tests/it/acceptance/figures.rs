//! The database's figures about itself are honest.

use std::pin::Pin;
use std::time::Duration;

use tidegate::{ErrorKind, Stats};
use tidegate_testkit::poll::{CountingWaker, poll_once};

use super::{RUNAWAY, assert_settled};
use crate::support::{count, open, open_with};

const INSERT: &str = "INSERT INTO t VALUES (?, 'row')";

#[tokio::test]
async fn calls_are_counted_by_class_and_by_how_they_ended() {
    let db = open().await;
    let before = db.stats().calls;
    for id in 1..=3 {
        db.execute(INSERT, (id,)).await.unwrap();
    }
    db.execute(INSERT, (1,)).await.unwrap_err();
    let late = db.execute(RUNAWAY, ()).deadline(Duration::from_millis(20));
    late.await.unwrap_err();
    let holder = db.begin().await.unwrap();
    let mut dropped = db.execute(INSERT, (9,));
    assert!(poll_once(Pin::new(&mut dropped), &CountingWaker::new()).is_pending());
    drop(dropped);
    holder.commit().await.unwrap();
    for _ in 0..5 {
        count(&db).await;
    }
    assert_settled(&db);
    let calls = db.stats().calls;
    let write = &calls.write;
    assert_eq!(write.started - before.write.started, 6);
    assert_eq!(write.succeeded - before.write.succeeded, 3);
    let of = |kind| write.errors.of(kind);
    let kinds = [
        ErrorKind::Constraint,
        ErrorKind::Deadline,
        ErrorKind::Cancelled,
    ];
    assert_eq!(kinds.map(of), [1, 1, 1]);
    assert_eq!((write.deadline, write.cancelled), (1, 1));
    assert_eq!(calls.read.succeeded - before.read.succeeded, 5);
    // The transaction's begin and its commit.
    assert_eq!(
        calls.transaction.succeeded - before.transaction.succeeded,
        2
    );
    assert!(
        write.execution_us.max >= 5_000.0,
        "the late one ran until its deadline"
    );
}

#[tokio::test]
async fn lanes_tell_running_queued_and_waiting_apart() {
    let db = open_with(|options| options.writer_queue(2)).await;
    let holder = db.begin().await.unwrap();
    let mut calls: Vec<_> = (0..5).map(|id| db.execute(INSERT, (id,))).collect();
    for call in &mut calls {
        assert!(poll_once(Pin::new(call), &CountingWaker::new()).is_pending());
    }
    let lane = db.stats().write_lane;
    assert_eq!((lane.in_flight, lane.queued, lane.waiting), (1, 2, 3));
    assert_eq!(db.stats().calls.write.in_flight, 5);
    holder.rollback().await.unwrap();
    for call in calls {
        call.await.unwrap();
    }
    assert_settled(&db);
}

#[tokio::test]
async fn rows_groups_and_statements_are_counted() {
    let db = open_with(|options| options.readers(1)).await;
    let before = db.stats();
    db.execute("INSERT INTO t VALUES (1, 1), (2, 2)", ())
        .await
        .unwrap();
    for _ in 0..10 {
        let rows: Vec<(i64,)> = db.query("SELECT id FROM t", ()).await.unwrap();
        assert_eq!(rows.len(), 2);
    }
    assert_settled(&db);
    let counted = || {
        let now = db.stats();
        (
            now.rows_changed - before.rows_changed,
            now.rows_read - before.rows_read,
            now.writer.group_commits - before.writer.group_commits,
            now.statements.hits - before.statements.hits >= 9,
        )
    };
    // A connection's thread hands its counts over after it has answered.
    let arrived = || counted() == (2, 20, 1, true);
    assert!(
        tidegate_testkit::wait_until(super::PATIENCE, arrived),
        "{:?}",
        counted()
    );
}

fn assert_within_bounds(stats: &Stats) {
    let readers = stats.readers;
    assert!(readers.active + readers.idle <= readers.max, "{readers:?}");
    assert!(readers.open <= readers.max, "{readers:?}");
    assert!(
        stats.read_lane.in_flight <= readers.max,
        "{:?}",
        stats.read_lane
    );
    assert!(stats.write_lane.queued <= 4 && stats.read_lane.queued <= 4);
    for class in super::CLASSES {
        let calls = stats.calls.of(class);
        assert!(calls.in_flight <= calls.started, "{calls:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gauges_keep_their_bounds_at_every_moment() {
    let db = open_with(|options| {
        options
            .readers(2)
            .writer_queue(4)
            .reader_queue(4)
            .synchronous(tidegate::Synchronous::Normal)
    })
    .await;
    let tasks: Vec<_> = (0..16i64)
        .map(|task| {
            let db = db.db.clone();
            tokio::spawn(async move {
                for n in 0..60 {
                    db.execute(INSERT, (task * 60 + n,)).await.unwrap();
                    db.read(|tx| tx.query_scalar::<i64>("SELECT count(*) FROM t", ()))
                        .await
                        .unwrap();
                    drop(db.snapshot().await.unwrap());
                }
            })
        })
        .collect();
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        assert_within_bounds(&db.stats());
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_settled(&db);
}

//! Cases 6, 7 and 8: who sees which rows, and when.

use std::sync::mpsc;

use crate::support::{count, open};

const COUNT: &str = "SELECT count(*) FROM t";
const INSERT: &str = "INSERT INTO t VALUES (?, 'row')";

#[tokio::test]
async fn case_06_uncommitted_rows_are_seen_inside_and_nowhere_else() {
    let db = open().await;
    let mut tx = db.begin().await.unwrap();
    tx.execute(INSERT, (1,)).await.unwrap();
    assert_eq!(tx.query_scalar::<i64>(COUNT, ()).await.unwrap(), 1);
    let savepoint = tx.savepoint().await.unwrap();
    savepoint.execute(INSERT, (2,)).await.unwrap();
    assert_eq!(savepoint.query_scalar::<i64>(COUNT, ()).await.unwrap(), 2);
    assert_eq!(
        savepoint
            .read(|tx| tx.query_scalar::<i64>(COUNT, ()))
            .await
            .unwrap(),
        2
    );
    assert_eq!(count(&db).await, 0, "query");
    assert_eq!(
        db.read(|tx| tx.query_scalar::<i64>(COUNT, ()))
            .await
            .unwrap(),
        0,
        "read"
    );
    let snapshot = db.snapshot().await.unwrap();
    assert_eq!(
        snapshot.query_scalar::<i64>(COUNT, ()).await.unwrap(),
        0,
        "snapshot"
    );
    savepoint.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&db).await, 2);
    assert_eq!(snapshot.query_scalar::<i64>(COUNT, ()).await.unwrap(), 0);
}

#[tokio::test]
async fn case_06_a_closure_sees_its_own_rows_and_readers_do_not_before_the_commit() {
    let db = open().await;
    let (seen_inside, inside) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let write = tokio::spawn(db.write(move |tx| {
        tx.execute(INSERT, (1,))?;
        let seen: i64 = tx.query_scalar(COUNT, ())?;
        seen_inside.send(seen).expect("the test waits");
        may_go_on.recv().expect("the test answers");
        Ok(())
    }));
    assert_eq!(inside.await.unwrap(), 1);
    assert_eq!(count(&db).await, 0);
    go_on.send(()).unwrap();
    write.await.unwrap().unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn case_07_a_slow_snapshot_keeps_its_rows_through_five_commits() {
    let db = open().await;
    db.execute(INSERT, (0,)).await.unwrap();
    let snapshot = db.snapshot().await.unwrap();
    for id in 1..=5 {
        db.execute(INSERT, (id,)).await.unwrap();
        assert_eq!(snapshot.query_scalar::<i64>(COUNT, ()).await.unwrap(), 1);
        assert_eq!(count(&db).await, id + 1);
    }
    drop(snapshot);
    let later = db.snapshot().await.unwrap();
    assert_eq!(later.query_scalar::<i64>(COUNT, ()).await.unwrap(), 6);
}

#[tokio::test]
async fn case_07_a_snapshot_sees_the_moment_it_was_opened_not_its_first_statement() {
    let db = open().await;
    let snapshot = db.snapshot().await.unwrap();
    db.execute(INSERT, (1,)).await.unwrap();
    assert_eq!(snapshot.query_scalar::<i64>(COUNT, ()).await.unwrap(), 0);
}

#[tokio::test]
async fn case_08_two_statements_of_one_read_see_one_state() {
    let db = open().await;
    let (first_seen, first) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let read = tokio::spawn(db.read(move |tx| {
        let before: i64 = tx.query_scalar(COUNT, ())?;
        first_seen.send(before).expect("the test waits");
        may_go_on.recv().expect("the test answers");
        Ok((before, tx.query_scalar::<i64>(COUNT, ())?))
    }));
    assert_eq!(first.await.unwrap(), 0);
    db.execute(INSERT, (1,)).await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(read.await.unwrap().unwrap(), (0, 0));
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn case_08_reads_that_share_a_transaction_see_every_commit_they_know_of() {
    let db = crate::support::open_with(|options| options.readers(1)).await;
    for id in 1..=200 {
        // Reads already queued when the commit is answered may see it or not; one made afterwards must.
        let (early, other, ()) = tokio::join!(
            db.read(|tx| tx.query_scalar::<i64>(COUNT, ())),
            db.query_scalar::<i64>(COUNT, ()),
            async { assert_eq!(db.execute(INSERT, (id,)).await.unwrap(), 1) },
        );
        assert!([id - 1, id].contains(&early.unwrap()));
        assert!([id - 1, id].contains(&other.unwrap()));
        let (a, b) = tokio::join!(
            db.read(|tx| tx.query_scalar::<i64>(COUNT, ())),
            db.query_scalar::<i64>(COUNT, ()),
        );
        assert_eq!((a.unwrap(), b.unwrap()), (id, id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_08_every_task_reads_its_own_writes() {
    let db = crate::support::open_with(|options| {
        options
            .readers(2)
            .synchronous(tidegate::Synchronous::Normal)
    })
    .await;
    let tasks: Vec<_> = (0..16i64)
        .map(|task| {
            let db = db.db.clone();
            tokio::spawn(async move {
                for id in task * 100..task * 100 + 100 {
                    db.execute(INSERT, (id,)).await.unwrap();
                    let by = "SELECT count(*) FROM t WHERE id = ?";
                    let seen: i64 = match id % 3 {
                        0 => db.query_scalar(by, (id,)).await.unwrap(),
                        1 => db.read(move |tx| tx.query_scalar(by, (id,))).await.unwrap(),
                        _ => db
                            .snapshot()
                            .await
                            .unwrap()
                            .query_scalar(by, (id,))
                            .await
                            .unwrap(),
                    };
                    assert_eq!(seen, 1, "a read made after the commit was answered");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

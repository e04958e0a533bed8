//! Case 9: reads within reads, on a pool of one.

use std::time::Duration;

use tidegate::ErrorKind;

use super::assert_settled;
use crate::support::{count, open, open_with};

const COUNT: &str = "SELECT count(*) FROM t";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_09_four_tasks_with_nested_reads_share_one_reader() {
    let db = open_with(|options| options.readers(1)).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    let snapshot = db.snapshot().await.unwrap();
                    let outer: i64 = snapshot.query_scalar(COUNT, ()).await.unwrap();
                    let nested = snapshot
                        .read(|tx| {
                            let a: i64 = tx.query_scalar(COUNT, ())?;
                            Ok((a, tx.query_scalar::<i64>(COUNT, ())?))
                        })
                        .await
                        .unwrap();
                    assert_eq!((outer, nested), (0, (0, 0)));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count(&db).await, 0);
    assert_eq!(db.stats().readers.open, 1);
    assert_settled(&db);
}

#[tokio::test]
async fn case_09_a_statement_within_a_statements_rows_runs_on_the_same_connection() {
    let db = open_with(|options| options.readers(1)).await;
    db.execute("INSERT INTO t VALUES (1, 1), (2, 2)", ())
        .await
        .unwrap();
    let pairs: i64 = db
        .read(|tx| {
            let mut pairs = 0;
            for (id,) in tx.query::<(i64,)>("SELECT id FROM t", ())? {
                pairs += tx.query_scalar::<i64>("SELECT count(*) FROM t WHERE id <> ?", (id,))?;
            }
            Ok(pairs)
        })
        .await
        .unwrap();
    assert_eq!(pairs, 2);
}

#[tokio::test]
async fn a_blocking_call_inside_a_closure_is_refused() {
    let db = open().await;
    let inner = db.db.clone();
    let error = db
        .read(move |_| inner.query_scalar::<i64>(COUNT, ()).wait())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    let inner = db.db.clone();
    let refused = db
        .write(move |tx| {
            tx.execute("INSERT INTO t VALUES (1, 1)", ())?;
            let refusals = [
                inner
                    .execute("INSERT INTO t VALUES (2, 2)", ())
                    .wait()
                    .unwrap_err()
                    .kind(),
                inner.begin().wait().unwrap_err().kind(),
                inner.close().wait().unwrap_err().kind(),
            ];
            Ok(refusals)
        })
        .await
        .unwrap();
    assert_eq!(refused, [ErrorKind::Misuse; 3]);
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn case_09_readers_that_are_all_held_make_the_next_wait_for_its_deadline_only() {
    let db = open_with(|options| options.readers(1)).await;
    let held = db.snapshot().await.unwrap();
    let error = db
        .query_scalar::<i64>(COUNT, ())
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(error.timing().unwrap().ran, Duration::ZERO);
    drop(held);
    assert_eq!(count(&db).await, 0);
}

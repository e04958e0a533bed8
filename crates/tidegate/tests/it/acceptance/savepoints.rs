//! Case 5: savepoints nest, an inner failure is undone and released, and whatever ends the transaction is told.

use tidegate::{Error, ErrorKind};

use super::assert_settled;
use crate::support::{TestDb, count, ids, open};

const INSERT: &str = "INSERT INTO t VALUES (?, 'row')";

async fn rolling_back() -> TestDb {
    let db = open().await;
    db.execute(
        "CREATE TRIGGER no BEFORE INSERT ON t WHEN new.id = 13 BEGIN SELECT RAISE(ROLLBACK, 'thirteen'); END",
        (),
    )
    .await
    .unwrap();
    db
}

#[tokio::test]
async fn case_05_a_nested_partial_rollback_keeps_what_is_around_it() {
    let db = open().await;
    let mut tx = db.begin().await.unwrap();
    tx.execute(INSERT, (1,)).await.unwrap();
    let mut outer = tx.savepoint().await.unwrap();
    outer.execute(INSERT, (2,)).await.unwrap();
    let inner = outer.savepoint().await.unwrap();
    inner.execute(INSERT, (3,)).await.unwrap();
    inner.rollback().await.unwrap();
    outer.execute(INSERT, (4,)).await.unwrap();
    outer.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await, [1, 2, 4]);
}

#[tokio::test]
async fn case_05_in_a_closure_an_inner_error_rolls_back_and_releases() {
    let db = open().await;
    db.write(|tx| {
        tx.execute(INSERT, (1,))?;
        for id in [2, 3] {
            let inner = tx.savepoint(|tx| {
                tx.execute(INSERT, (id,))?;
                Err::<(), _>(Error::application("undo"))
            });
            assert_eq!(inner.unwrap_err().kind(), ErrorKind::Application);
        }
        let panicked = tx.savepoint(|tx| -> tidegate::Result<()> {
            tx.execute(INSERT, (4,))?;
            panic!("undo")
        });
        assert_eq!(panicked.unwrap_err().kind(), ErrorKind::Panicked);
        tx.savepoint(|tx| tx.savepoint(|tx| tx.execute(INSERT, (5,))))
    })
    .await
    .unwrap();
    assert_eq!(ids(&db).await, [1, 5]);
}

#[tokio::test]
async fn case_05_a_savepoint_dropped_within_a_transaction_is_undone_before_the_next_call() {
    let db = open().await;
    let mut tx = db.begin().await.unwrap();
    for id in 1..100 {
        let savepoint = tx.savepoint().await.unwrap();
        savepoint.execute(INSERT, (id,)).await.unwrap();
        drop(savepoint);
        let seen: i64 = tx.query_scalar("SELECT count(*) FROM t", ()).await.unwrap();
        assert_eq!(seen, 0);
    }
    tx.execute(INSERT, (1,)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await, [1]);
}

#[tokio::test]
async fn case_05_a_script_that_commits_underneath_is_refused_and_the_rest_goes_on() {
    let db = open().await;
    let mut tx = db.begin().await.unwrap();
    tx.execute(INSERT, (1,)).await.unwrap();
    let savepoint = tx.savepoint().await.unwrap();
    let script = "INSERT INTO t VALUES (2, 2); COMMIT; INSERT INTO t VALUES (3, 3)";
    let error = savepoint.execute_batch(script).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    savepoint.rollback().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await, [1]);
    assert_settled(&db);
}

#[tokio::test]
async fn case_05_a_statement_that_rolls_back_underneath_is_told_and_the_writer_is_free() {
    let db = rolling_back().await;
    let mut tx = db.begin().await.unwrap();
    tx.execute(INSERT, (1,)).await.unwrap();
    let savepoint = tx.savepoint().await.unwrap();
    let error = savepoint.execute(INSERT, (13,)).await.unwrap_err();
    assert!(error.to_string().contains("thirteen"), "{error}");
    // The writer serves others although the transaction is still held.
    db.execute(INSERT, (7,)).await.unwrap();
    let after = savepoint.execute(INSERT, (2,)).await.unwrap_err();
    assert!(after.to_string().contains("rolled"), "{after}");
    assert!(savepoint.commit().await.is_err());
    assert!(tx.commit().await.is_err());
    assert_eq!(ids(&db).await, [7]);
}

#[tokio::test]
async fn case_05_a_closure_in_a_transaction_cannot_go_on_after_a_rollback_underneath() {
    let db = rolling_back().await;
    let tx = db.begin().await.unwrap();
    let outcome = tx
        .run(|tx| {
            let _ = tx.execute(INSERT, (13,));
            tx.execute(INSERT, (14,))
        })
        .await;
    assert!(outcome.is_err());
    assert!(tx.commit().await.is_err());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn case_05_transactions_after_one_that_was_left_with_open_savepoints_are_whole() {
    let db = open().await;
    let mut tx = db.begin().await.unwrap();
    let savepoint = tx.savepoint().await.unwrap();
    savepoint.execute(INSERT, (1,)).await.unwrap();
    std::mem::forget(savepoint);
    tx.commit().await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute(INSERT, (2,)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await, [1, 2]);
}

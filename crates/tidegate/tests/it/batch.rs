//! Batches: all or nothing, and each item by itself.

use std::time::{Duration, Instant};

use tidegate::{Batch, ErrorKind, Params, Result};

use crate::support::{count, open};

const INSERT: &str = "INSERT INTO t VALUES (?, ?)";

/// Three inserts of which the third cannot be.
fn third_fails(batch: Batch) -> Batch {
    batch
        .execute(INSERT, (1, "a"))
        .execute(INSERT, (2, "b"))
        .execute(INSERT, (1, "again"))
        .execute(INSERT, (3, "c"))
}

fn kinds(results: &[Result<u64>]) -> Vec<Result<u64, ErrorKind>> {
    let kind = |result: &Result<u64>| match result {
        Ok(changed) => Ok(*changed),
        Err(error) => Err(error.kind()),
    };
    results.iter().map(kind).collect()
}

#[tokio::test]
async fn an_atomic_batch_leaves_nothing_when_its_third_item_fails() {
    let db = open().await;
    let error = db.batch(third_fails(Batch::atomic())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Constraint);
    assert_eq!(error.item(), Some(2));
    assert!(error.to_string().contains("item 2"), "{error}");
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn an_independent_batch_leaves_the_others_when_its_third_item_fails() {
    let db = open().await;
    let results = db.batch(third_fails(Batch::independent())).await.unwrap();
    let failed = Err(ErrorKind::Constraint);
    assert_eq!(kinds(&results), [Ok(1), Ok(1), failed, Ok(1)]);
    assert_eq!(results[2].as_ref().unwrap_err().item(), Some(2));
    assert_eq!(count(&db).await, 3);
}

#[tokio::test]
async fn an_item_that_half_succeeded_leaves_nothing() {
    let db = open().await;
    let half = "INSERT OR FAIL INTO t VALUES (10, 1), (11, 1), (10, 2)";
    let batch = Batch::independent()
        .execute(half, ())
        .execute(INSERT, (1, 1));
    let results = db.batch(batch).await.unwrap();
    assert_eq!(kinds(&results), [Err(ErrorKind::Constraint), Ok(1)]);
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn an_empty_batch_succeeds() {
    let db = open().await;
    assert!(db.batch(Batch::atomic()).await.unwrap().is_empty());
    assert!(db.batch(Batch::independent()).await.unwrap().is_empty());
    assert!(Batch::atomic().is_empty());
}

#[tokio::test]
async fn a_value_that_cannot_be_stored_names_its_item() {
    let db = open().await;
    let bad = |batch: Batch| {
        batch
            .execute(INSERT, (1, "a"))
            .execute(INSERT, (u64::MAX, "b"))
    };
    let error = db.batch(bad(Batch::atomic())).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.item()),
        (ErrorKind::Conversion, Some(1))
    );
    assert_eq!(count(&db).await, 0);
    let results = db.batch(bad(Batch::independent())).await.unwrap();
    assert_eq!(kinds(&results), [Ok(1), Err(ErrorKind::Conversion)]);
    assert_eq!(results[1].as_ref().unwrap_err().item(), Some(1));
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_batch_may_have_very_many_items() {
    let db = open().await;
    let mut batch = Batch::independent();
    let row = |id: i64| (INSERT.into(), Params::new().push(id).push(id % 7));
    batch.extend((0..50_000).map(row));
    let results = db.batch(batch).await.unwrap();
    assert!(results.len() == 50_000 && results.iter().all(Result::is_ok));
    assert_eq!(count(&db).await, 50_000);
}

#[tokio::test]
async fn a_deferred_foreign_key_fails_its_item_only() {
    let db = open().await;
    db.execute_batch(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY);
         CREATE TABLE child (parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
    )
    .await
    .unwrap();
    let orphan = "INSERT INTO child VALUES (1)";
    let parent = "INSERT INTO parent VALUES (1)";
    let apart = Batch::independent().execute(orphan, ()).execute(parent, ());
    let results = db.batch(apart).await.unwrap();
    assert_eq!(kinds(&results), [Err(ErrorKind::Constraint), Ok(1)]);
    db.execute("DELETE FROM parent", ()).await.unwrap();
    let together = Batch::atomic().execute(orphan, ()).execute(parent, ());
    assert_eq!(db.batch(together).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_item_that_rolls_everything_back_ends_the_batch_and_nobody_else() {
    let db = open().await;
    db.execute(INSERT, (1, "kept")).await.unwrap();
    let rollback = Batch::independent()
        .execute(INSERT, (2, "lost"))
        .execute("INSERT OR ROLLBACK INTO t VALUES (1, 'x')", ());
    let (neighbour, failed) =
        tokio::join!(db.execute(INSERT, (3, "neighbour")), db.batch(rollback));
    assert_eq!(neighbour.unwrap(), 1);
    let error = failed.unwrap_err();
    assert_eq!(
        (error.kind(), error.item()),
        (ErrorKind::Constraint, Some(1))
    );
    let ids: Vec<i64> = db.query("SELECT id FROM t ORDER BY id", ()).await.unwrap();
    assert_eq!(ids, [1, 3]);
}

#[tokio::test]
async fn a_deadline_undoes_the_whole_batch() {
    let db = open().await;
    let endless = "INSERT INTO t WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) \
                   SELECT x, x FROM c";
    let batch = Batch::independent()
        .execute(INSERT, (-1, 1))
        .execute(endless, ());
    let began = Instant::now();
    let call = db.batch(batch).deadline(Duration::from_millis(50));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Deadline);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn statements_that_need_no_transaction_are_refused_in_their_place() {
    let db = open().await;
    let batch = Batch::independent()
        .execute("VACUUM", ())
        .execute("BEGIN", ())
        .execute("SELECT 1; SELECT 2", ())
        .execute(INSERT, (1, 1));
    let results = db.batch(batch).await.unwrap();
    let misuse = Err(ErrorKind::Misuse);
    assert_eq!(kinds(&results), [misuse, misuse, misuse, Ok(1)]);
}

#[tokio::test]
async fn batches_work_in_memory() {
    let db = tidegate::Database::open_in_memory().await.unwrap();
    let batch = Batch::atomic()
        .execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", ())
        .execute(INSERT, (1, 1));
    db.batch(batch).await.unwrap();
    let results = db.batch(third_fails(Batch::independent())).await.unwrap();
    let failed = Err(ErrorKind::Constraint);
    assert_eq!(kinds(&results), [failed, Ok(1), failed, Ok(1)]);
}

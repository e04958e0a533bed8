//! Case 4: the third row of a batch fails.

use tidegate::{Batch, ErrorKind};

use crate::support::{count, ids, open};

fn third_fails(batch: Batch) -> Batch {
    [1, 2, 1, 4].into_iter().fold(batch, |batch, id| {
        batch.execute("INSERT INTO t VALUES (?, 'row')", (id,))
    })
}

#[tokio::test]
async fn case_04_an_atomic_batch_leaves_no_row_and_names_the_item() {
    let db = open().await;
    let error = db.batch(third_fails(Batch::atomic())).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.item()),
        (ErrorKind::Constraint, Some(2))
    );
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn case_04_an_independent_batch_leaves_the_others_and_reports_the_item() {
    let db = open().await;
    let answers = db.batch(third_fails(Batch::independent())).await.unwrap();
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().map_err(tidegate::Error::kind))
        .collect();
    assert_eq!(kinds, [Ok(&1), Ok(&1), Err(ErrorKind::Constraint), Ok(&1)]);
    assert_eq!(ids(&db).await, [1, 2, 4]);
}

#[tokio::test]
async fn case_04_execute_many_leaves_no_row_and_names_the_item() {
    let db = open().await;
    let rows = [(1, "a"), (2, "b"), (1, "c"), (4, "d")];
    let error = db
        .execute_many("INSERT INTO t VALUES (?, ?)", rows)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.item()),
        (ErrorKind::Constraint, Some(2))
    );
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn case_04_an_independent_batch_with_a_rollback_in_it_leaves_the_others() {
    let db = open().await;
    let batch = Batch::independent()
        .execute("INSERT INTO t VALUES (1, 1)", ())
        .execute("INSERT OR ROLLBACK INTO t VALUES (1, 1)", ())
        .execute("INSERT INTO t VALUES (3, 3)", ());
    match db.batch(batch).await {
        Ok(answers) => {
            let kept = answers.iter().filter(|answer| answer.is_ok()).count() as i64;
            assert_eq!(count(&db).await, kept, "what was answered is there");
        }
        Err(_) => assert_eq!(count(&db).await, 0, "what failed whole left nothing"),
    }
}

//! A member of a group fails in every way there is, and the members beside it are committed all the same.

use std::time::Duration;

use tidegate::{Batch, Committed, Error, ErrorKind, Result, Tx};

use super::{as_one_group, open_grouping};
use crate::support::{TestDb, ids};

const RUNAWAY_INSERT: &str = "INSERT INTO t WITH RECURSIVE c(x) AS (VALUES(1000) UNION ALL SELECT x + 1 FROM c) SELECT x, x FROM c";

/// Runs a job between two good ones in one group; gives its answer, and checks that the good ones are there.
async fn between<R: Send + 'static>(
    db: &TestDb,
    job: impl FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
) -> Result<R> {
    let before = db.stats().writer;
    let (first, bad, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 'first')", ()),
        db.write(job),
        db.write(|tx| tx.execute("INSERT INTO t VALUES (2, 'last')", ())),
    );
    assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
    assert_eq!(ids(db).await, [1, 2]);
    let after = db.stats().writer;
    assert_eq!(after.group_commits, before.group_commits + 1, "one group");
    bad
}

#[tokio::test]
async fn members_share_one_commit() {
    let db = open_grouping().await;
    let before = db.stats().writer;
    let answers = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
        db.execute_many("INSERT INTO t VALUES (?, ?)", [(2, 2), (3, 3)]),
        db.execute_batch("INSERT INTO t VALUES (4, 4); INSERT INTO t VALUES (5, 5)"),
        db.write(|tx| tx.query_scalar::<i64>("SELECT count(*) FROM t", ())),
    );
    assert_eq!(answers.3.unwrap(), 5);
    let after = db.stats().writer;
    assert_eq!(after.group_commits - before.group_commits, 1);
    assert_eq!(after.jobs_committed - before.jobs_committed, 4);
}

#[tokio::test]
async fn an_error_takes_only_its_own_work() {
    let db = open_grouping().await;
    let failed = between(&db, |tx| {
        tx.execute("INSERT INTO t VALUES (3, 3)", ())?;
        Err::<(), _>(Error::application("no"))
    });
    assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Application);
}

#[tokio::test]
async fn a_panic_takes_only_its_own_work() {
    let db = open_grouping().await;
    let failed = between(&db, |tx| -> Result<()> {
        tx.execute("INSERT INTO t VALUES (3, 3)", ())?;
        panic!("the third row");
    });
    let error = failed.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(error.to_string().contains("the third row"));
}

#[tokio::test]
async fn insert_or_rollback_takes_only_its_own_work() {
    let db = open_grouping().await;
    let failed = between(&db, |tx| {
        tx.execute("INSERT INTO t VALUES (3, 3)", ())?;
        tx.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ())
    });
    assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Constraint);
    assert!(db.stats().writer.replays > 0);
}

#[tokio::test]
async fn a_schema_that_rolls_back_takes_only_its_own_work() {
    let db = open_grouping().await;
    db.execute_batch("CREATE TABLE u (k UNIQUE ON CONFLICT ROLLBACK); INSERT INTO u VALUES (1)")
        .await
        .unwrap();
    let failed = between(&db, |tx| tx.execute("INSERT INTO u VALUES (1)", ()));
    assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Constraint);
    assert!(db.stats().writer.replays > 0);
}

#[tokio::test]
async fn a_trigger_that_raises_rollback_takes_only_its_own_work() {
    let db = open_grouping().await;
    db.execute(
        "CREATE TRIGGER no BEFORE INSERT ON t WHEN new.v = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'refused'); END",
        (),
    )
    .await
    .unwrap();
    let failed = between(&db, |tx| tx.execute("INSERT INTO t VALUES (3, 'bad')", ()));
    let error = failed.await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(db.stats().writer.replays > 0);
}

#[tokio::test]
async fn insert_or_fail_leaves_no_half_of_itself() {
    let db = open_grouping().await;
    let failed = between(&db, |tx| {
        tx.execute("INSERT OR FAIL INTO t VALUES (3, 3), (1, 'again')", ())
    });
    assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Constraint);
}

#[tokio::test]
async fn a_single_insert_or_fail_leaves_no_half_of_itself() {
    let db = open_grouping().await;
    let (first, bad, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
        db.execute("INSERT OR FAIL INTO t VALUES (3, 3), (1, 'again')", ()),
        db.execute("INSERT INTO t VALUES (2, 2)", ()),
    );
    assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Constraint);
    assert_eq!(ids(&db).await, [1, 2]);
}

#[tokio::test]
async fn a_deadline_amid_a_write_takes_only_its_own_work() {
    let db = open_grouping().await;
    let (first, bad, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
        db.execute(RUNAWAY_INSERT, ())
            .deadline(Duration::from_millis(60)),
        db.execute("INSERT INTO t VALUES (2, 2)", ()),
    );
    assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
    let error = bad.unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    assert_eq!(ids(&db).await, [1, 2]);
    assert!(db.stats().writer.replays > 0);
}

#[tokio::test]
async fn a_deferred_violation_takes_only_its_own_work() {
    let db = open_grouping().await;
    db.execute(
        "CREATE TABLE child (p REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
        (),
    )
    .await
    .unwrap();
    let failed = between(&db, |tx| tx.execute("INSERT INTO child VALUES (77)", ()));
    assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Constraint);
    let children: i64 = db
        .query_scalar("SELECT count(*) FROM child", ())
        .await
        .unwrap();
    assert_eq!(children, 0);
}

#[tokio::test]
async fn a_statement_that_ends_the_transaction_ends_its_closure_too() {
    let db = open_grouping().await;
    let failed = between(&db, |tx| {
        let _ = tx.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ());
        tx.execute("INSERT INTO t VALUES (9, 'alone')", ())
    });
    assert!(failed.await.is_err());
}

#[tokio::test]
async fn a_savepoint_after_the_transaction_ended_commits_nothing() {
    let db = open_grouping().await;
    let failed = between(&db, |tx| {
        let _ = tx.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ());
        tx.savepoint(|tx| tx.execute("INSERT INTO t VALUES (9, 'alone')", ()))
    });
    assert!(failed.await.is_err());
}

#[tokio::test]
async fn a_batch_with_a_rollback_in_it_takes_only_its_own_work() {
    for independent in [false, true] {
        let db = open_grouping().await;
        let batch = match independent {
            true => Batch::independent(),
            false => Batch::atomic(),
        };
        let batch = batch
            .execute("INSERT INTO t VALUES (3, 3)", ())
            .execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ())
            .execute("INSERT INTO t VALUES (4, 4)", ());
        let (first, batch, last) = as_one_group!(
            db,
            db.execute("INSERT INTO t VALUES (1, 'first')", ()),
            db.batch(batch),
            db.execute("INSERT INTO t VALUES (2, 'last')", ()),
        );
        assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
        let kept = match batch {
            Ok(answers) => answers.iter().filter(|answer| answer.is_ok()).count(),
            Err(_) => 0,
        };
        assert_eq!(ids(&db).await.len(), 2 + kept, "independent: {independent}");
    }
}

#[tokio::test]
async fn many_rows_with_a_rollback_at_their_end_take_only_their_own_work() {
    let db = open_grouping().await;
    let rows = (100..300).chain([1]).map(|id| (id,));
    let (first, many, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 'first')", ()),
        db.execute_many("INSERT OR ROLLBACK INTO t VALUES (?, 'many')", rows),
        db.execute("INSERT INTO t VALUES (2, 'last')", ()),
    );
    assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
    let error = many.unwrap_err();
    assert_eq!(
        (error.kind(), error.item()),
        (ErrorKind::Constraint, Some(200))
    );
    assert_eq!(ids(&db).await, [1, 2]);
}

#[tokio::test]
async fn a_script_with_a_rollback_in_it_takes_only_its_own_work() {
    let db = open_grouping().await;
    let script = "INSERT INTO t VALUES (3, 3); INSERT OR ROLLBACK INTO t VALUES (1, 'again'); INSERT INTO t VALUES (4, 4)";
    let (first, failed, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 'first')", ()),
        db.execute_batch(script),
        db.execute("INSERT INTO t VALUES (2, 'last')", ()),
    );
    assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::Constraint);
    assert_eq!(ids(&db).await, [1, 2]);
}

#[tokio::test]
async fn no_member_sees_the_row_id_of_anothers_insertion() {
    const LAST: &str = "SELECT last_insert_rowid()";
    let db = open_grouping().await;
    let (first, second) = as_one_group!(
        db,
        db.write(|tx| {
            tx.execute("INSERT INTO t VALUES (70, 1)", ())?;
            Ok((tx.last_insert_rowid(), tx.query_scalar::<i64>(LAST, ())?))
        }),
        db.write(|tx| {
            tx.execute("UPDATE t SET v = 2", ())?;
            Ok((tx.last_insert_rowid(), tx.query_scalar::<i64>(LAST, ())?))
        }),
    );
    assert_eq!((first.unwrap(), second.unwrap()), ((70, 70), (0, 0)));
    let tx = db.begin().await.unwrap();
    assert_eq!(tx.query_scalar::<i64>(LAST, ()).await.unwrap(), 0);
    tx.execute("INSERT INTO t VALUES (71, 1)", ())
        .await
        .unwrap();
    assert_eq!(tx.query_scalar::<i64>(LAST, ()).await.unwrap(), 71);
}

#[tokio::test]
async fn savepoints_opened_after_the_deadline_leave_nothing_behind() {
    let db = open_grouping().await;
    let (first, late, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 'first')", ()),
        db.write(|tx| {
            tx.execute("INSERT INTO t VALUES (3, 'late')", ())?;
            let never = std::sync::mpsc::channel::<()>();
            let _ = never.1.recv_timeout(Duration::from_millis(200));
            // SQLite asks every so many steps, whatever the statement, whether it may go on.
            for _ in 0..2_000 {
                let _ = tx.savepoint(|_| Ok(()));
                let _ = tx.savepoint(|_| Err::<(), _>(Error::application("undo")));
            }
            tx.execute("INSERT INTO t VALUES (4, 'late')", ())
        })
        .deadline(Duration::from_millis(100)),
        db.execute("INSERT INTO t VALUES (2, 'last')", ()),
    );
    assert_eq!((first.unwrap(), last.unwrap()), (1, 1));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Deadline);
    assert_eq!(ids(&db).await, [1, 2]);
}

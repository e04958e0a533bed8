//! What a failed call must not leave behind: tables, settings, half a statement, or a neighbour who is told a lie.

use tidegate::{Error, ErrorKind, Operation};

use super::{as_one_group, open_grouping, published};
use crate::support::ids;

#[tokio::test]
async fn a_failed_first_member_leaves_no_table() {
    let db = open_grouping().await;
    let (bad, good) = as_one_group!(
        db,
        db.write(|tx| {
            tx.execute_batch("CREATE TABLE left_over (a)")?;
            Err::<(), _>(Error::application("no"))
        }),
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
    );
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Application);
    good.unwrap();
    let tables: i64 = db
        .query_scalar(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'left_over'",
            (),
        )
        .await
        .unwrap();
    assert_eq!(tables, 0);
}

#[tokio::test]
async fn a_failed_first_member_leaves_no_user_version() {
    let db = open_grouping().await;
    let (bad, good) = as_one_group!(
        db,
        db.write(|tx| {
            tx.execute("PRAGMA user_version = 5", ())?;
            Err::<(), _>(Error::application("no"))
        }),
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
    );
    assert!(bad.is_err());
    good.unwrap();
    let version: i64 = db.query_scalar("PRAGMA user_version", ()).await.unwrap();
    assert_eq!(version, 0);
}

#[tokio::test]
async fn a_replayed_update_is_not_confused_by_a_neighbours_row_id() {
    let db = open_grouping().await;
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let (update, bad) = as_one_group!(
        db,
        db.execute("UPDATE t SET v = 'new' WHERE id = 1", ()),
        db.write(|tx| {
            tx.execute("INSERT INTO t VALUES (50, 1)", ())?;
            tx.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ())
        }),
    );
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Constraint);
    assert_eq!(update.unwrap(), 1);
}

#[tokio::test]
async fn a_replayed_upsert_is_not_confused_by_its_own_failed_statement() {
    let db = open_grouping().await;
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let (update, bad) = as_one_group!(
        db,
        db.write(|tx| {
            let _ = tx.execute("INSERT INTO t VALUES (40, 1), (1, 'again')", ());
            tx.execute(
                "INSERT INTO t VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET v = 'up'",
                (),
            )
        }),
        db.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ()),
    );
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Constraint);
    assert_eq!(update.unwrap(), 1);
    assert_eq!(ids(&db).await, [1]);
}

#[tokio::test]
async fn rows_kept_by_a_forgiven_or_fail_survive_a_neighbours_rollback() {
    let db = open_grouping().await;
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let (kept, bad) = as_one_group!(
        db,
        db.write(|tx| {
            let _ = tx.execute("INSERT OR FAIL INTO t VALUES (2, 2), (1, 'again')", ());
            tx.query_scalar::<i64>("SELECT count(*) FROM t", ())
        }),
        db.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ()),
    );
    assert!(bad.is_err());
    assert_eq!(kept.unwrap(), 2);
    assert_eq!(ids(&db).await, [1, 2]);
}

#[tokio::test]
async fn a_statement_whose_rows_do_not_fit_is_undone() {
    let db = open_grouping().await;
    let tx = db.begin().await.unwrap();
    let refused = tx
        .query_one::<(i64,)>("INSERT INTO t VALUES (1, 'text') RETURNING v", ())
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Conversion);
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await, [0; 0]);
}

#[tokio::test]
async fn statements_that_change_no_rows_say_so() {
    let db = open_grouping().await;
    let inserted = db.execute("INSERT INTO t VALUES (1, 1), (2, 2)", ()).await;
    assert_eq!(inserted.unwrap(), 2);
    assert_eq!(db.execute("CREATE INDEX i ON t (v)", ()).await.unwrap(), 0);
    assert_eq!(db.execute("PRAGMA user_version = 3", ()).await.unwrap(), 0);
    assert_eq!(
        db.execute("DELETE FROM t WHERE id > 5", ()).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_table_can_be_created_again_by_a_cached_statement() {
    let db = open_grouping().await;
    for _ in 0..3 {
        db.execute("CREATE TABLE extra (x)", ()).await.unwrap();
        db.execute("DROP TABLE extra", ()).await.unwrap();
    }
}

#[tokio::test]
async fn changes_tell_what_was_committed_and_nothing_that_was_undone() {
    let db = open_grouping().await;
    let mut changes = db.changes();
    let (kept, bad) = as_one_group!(
        db,
        db.write(|tx| {
            tx.execute("INSERT INTO t VALUES (1, 1)", ())?;
            let undone = tx.savepoint(|tx| {
                tx.execute("INSERT INTO t VALUES (2, 2)", ())?;
                Err::<(), _>(Error::application("undo"))
            });
            assert!(undone.is_err());
            let _ = tx.execute("INSERT INTO t VALUES (3, 3), (1, 'again')", ());
            tx.execute("INSERT INTO t VALUES (4, 4)", ())
        }),
        db.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'again')", ()),
    );
    kept.unwrap();
    assert!(bad.is_err());
    assert_eq!(ids(&db).await, [1, 4]);
    let expected = [(Operation::Insert, 1), (Operation::Insert, 4)];
    assert_eq!(published(&mut changes, "t"), expected);
}

#[tokio::test]
async fn changes_of_an_interactive_transaction_are_told_once_it_commits() {
    let db = open_grouping().await;
    let mut changes = db.changes();
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    assert_eq!(published(&mut changes, "t"), []);
    tx.commit().await.unwrap();
    // The next write is answered after the transaction has given the writer free.
    db.execute("INSERT INTO t VALUES (2, 2)", ()).await.unwrap();
    let expected = [(Operation::Insert, 1), (Operation::Insert, 2)];
    assert_eq!(published(&mut changes, "t"), expected);
}

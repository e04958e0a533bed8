//! The commit of a group fails: every member is told, and nothing of the group is visible.

use std::time::Duration;

use tidegate::{CancelToken, Committed, ErrorKind};
use tidegate_testkit::vfs::{Failure, Fault, FaultVfs, FileKind, Op};

use super::{as_one_group, grouping};
use crate::support::{TestDb, count, open_with};

/// More than any test should ever wait for an event that is certain to come.
const PATIENCE: Duration = Duration::from_secs(20);

async fn open_on(vfs: &FaultVfs) -> TestDb {
    let name = vfs.name();
    open_with(|options| {
        grouping(options)
            .vfs(name)
            .synchronous(tidegate::Synchronous::Full)
    })
    .await
}

#[tokio::test]
async fn a_full_disk_fails_every_member_and_leaves_nothing() {
    let vfs = FaultVfs::register("group-full");
    let db = open_on(&vfs).await;
    vfs.inject(
        Fault::new(Op::Write, Failure::DiskFull)
            .on(FileKind::Wal)
            .lasting(),
    );
    let (a, b) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
        db.write(|tx| tx.execute("INSERT INTO t VALUES (2, 2)", ())),
    );
    for error in [a.unwrap_err(), b.unwrap_err()] {
        assert_eq!(
            (error.kind(), error.committed()),
            (ErrorKind::DiskFull, Committed::No)
        );
    }
    vfs.heal();
    assert_eq!(count(&db).await, 0);
    db.execute("INSERT INTO t VALUES (3, 3)", ()).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_failed_sync_fails_every_member_and_says_that_nobody_knows() {
    let vfs = FaultVfs::register("group-sync");
    let db = open_on(&vfs).await;
    vfs.inject(Fault::new(Op::Sync, Failure::Io).on(FileKind::Wal));
    let (a, b) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
        db.write(|tx| tx.execute("INSERT INTO t VALUES (2, 2)", ())),
    );
    for error in [a.unwrap_err(), b.unwrap_err()] {
        assert_eq!(
            (error.kind(), error.committed()),
            (ErrorKind::Io, Committed::Unknown)
        );
    }
    vfs.heal();
    db.execute("INSERT INTO t VALUES (3, 3)", ()).await.unwrap();
}

#[tokio::test]
async fn a_deadline_during_the_sync_says_that_nobody_knows() {
    let vfs = FaultVfs::register("group-hold");
    let db = open_on(&vfs).await;
    let hold = vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let error = db
        .execute("INSERT INTO t VALUES (1, 1)", ())
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(hold.reached(PATIENCE), "the commit is in its sync");
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::Unknown)
    );
    hold.release();
    // Here it was committed: the sync had only been slow.
    db.execute("INSERT INTO t VALUES (2, 2)", ()).await.unwrap();
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn a_call_dropped_during_the_sync_has_happened_whole() {
    let vfs = FaultVfs::register("group-drop");
    let db = open_on(&vfs).await;
    let hold = vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let mut call = db.write(|tx| {
        tx.execute("INSERT INTO t VALUES (1, 1)", ())?;
        tx.execute("INSERT INTO t VALUES (2, 2)", ())
    });
    let waker = tidegate_testkit::poll::CountingWaker::new();
    let pending = tidegate_testkit::poll::poll_once(std::pin::Pin::new(&mut call), &waker);
    assert!(pending.is_pending());
    assert!(hold.reached(PATIENCE));
    drop(call);
    hold.release();
    db.execute("INSERT INTO t VALUES (3, 3)", ()).await.unwrap();
    assert_eq!(count(&db).await, 3);
}

#[tokio::test]
async fn a_transaction_whose_deadline_passes_during_the_sync_says_that_nobody_knows() {
    let vfs = FaultVfs::register("group-tx-hold");
    let name = vfs.name();
    let db = open_with(|options| {
        options
            .vfs(name)
            .default_deadline(Duration::from_millis(300))
    })
    .await;
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let hold = vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let error = tx.commit().await.unwrap_err();
    assert!(hold.reached(PATIENCE));
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::Unknown)
    );
    hold.release();
    db.execute("INSERT INTO t VALUES (2, 2)", ())
        .deadline(PATIENCE)
        .await
        .unwrap();
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn a_transaction_whose_commit_is_dropped_during_the_sync_has_happened_whole() {
    let vfs = FaultVfs::register("group-tx-drop");
    let db = open_on(&vfs).await;
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1), (2, 2)", ())
        .await
        .unwrap();
    let hold = vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let mut commit = Box::pin(tx.commit());
    let waker = tidegate_testkit::poll::CountingWaker::new();
    assert!(tidegate_testkit::poll::poll_once(commit.as_mut(), &waker).is_pending());
    assert!(hold.reached(PATIENCE));
    drop(commit);
    hold.release();
    db.execute("INSERT INTO t VALUES (3, 3)", ()).await.unwrap();
    assert_eq!(count(&db).await, 3);
}

#[tokio::test]
async fn a_transaction_whose_commit_finds_the_disk_full_leaves_nothing() {
    let vfs = FaultVfs::register("group-tx-full");
    let db = open_on(&vfs).await;
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    vfs.inject(
        Fault::new(Op::Write, Failure::DiskFull)
            .on(FileKind::Wal)
            .lasting(),
    );
    let error = tx.commit().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::DiskFull, Committed::No)
    );
    vfs.heal();
    assert_eq!(count(&db).await, 0);
    db.execute("INSERT INTO t VALUES (3, 3)", ()).await.unwrap();
}

#[tokio::test]
async fn a_token_used_during_the_sync_says_that_nobody_knows() {
    let vfs = FaultVfs::register("group-token");
    let db = open_on(&vfs).await;
    let token = CancelToken::new();
    let hold = vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let call = tokio::spawn(db.execute("INSERT INTO t VALUES (1, 1)", ()).cancel(&token));
    tokio::task::yield_now().await;
    assert!(hold.reached(PATIENCE));
    token.cancel();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Cancelled, Committed::Unknown)
    );
    hold.release();
    db.execute("INSERT INTO t VALUES (2, 2)", ()).await.unwrap();
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn closing_during_the_sync_says_that_nobody_knows() {
    let vfs = FaultVfs::register("group-close");
    let db = open_on(&vfs).await;
    let hold = vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let call = tokio::spawn(db.execute("INSERT INTO t VALUES (1, 1)", ()));
    tokio::task::yield_now().await;
    assert!(hold.reached(PATIENCE));
    let closing = tokio::spawn(db.close().timeout(Duration::from_millis(50)));
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Closed, Committed::Unknown)
    );
    hold.release();
    closing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_lock_lost_while_a_group_starts_over_fails_its_members_and_commits_nothing() {
    let vfs = FaultVfs::register("group-lock");
    let name = vfs.name();
    let db = open_with(|options| {
        grouping(options)
            .vfs(name)
            .busy_timeout(Duration::from_millis(20))
    })
    .await;
    db.execute("INSERT INTO t VALUES (0, 0)", ()).await.unwrap();
    let (first, poison, last) = as_one_group!(
        db,
        db.execute("INSERT INTO t VALUES (1, 1)", ()),
        db.write(move |tx| {
            // As if another process took the lock as soon as this one lets it go.
            vfs.inject(Fault::new(Op::ShmLock, Failure::Busy).lasting());
            tx.execute("INSERT OR ROLLBACK INTO t VALUES (0, 'again')", ())
        }),
        db.execute("INSERT INTO t VALUES (2, 2)", ()),
    );
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(poison.unwrap_err().kind(), ErrorKind::Constraint);
    assert_eq!(
        last.unwrap_err().kind(),
        ErrorKind::Busy,
        "a call of a group of its own"
    );
    vfs.heal();
    assert_eq!(count(&db).await, 1);
    db.execute("INSERT INTO t VALUES (3, 3)", ()).await.unwrap();
    assert_eq!(count(&db).await, 2);
}

//! A commit whose sync failed is neither done nor undone: every kind of write says so.

use std::future::Future;

use tidegate_testkit::vfs::{Failure, Fault, FileKind, Op, Unsynced};

use super::*;

impl Rig {
    async fn open_tracked() -> Self {
        Self::open_with(|vfs| vfs.track_durability(), |options| options).await
    }

    /// What a power cut at this instant would leave.
    fn ids_after_crash(&self, unsynced: Unsynced<'_>) -> BTreeSet<i64> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        self.vfs.crash(dir.path(), unsynced).expect("writes");
        ids_after_check(&dir.path().join("app.db"))
    }

    fn fail_next_sync(&self) {
        let fault = Fault::new(Op::Sync, Failure::Io);
        self.vfs.inject(fault.on(FileKind::Wal));
    }
}

/// Makes one write while the sync of its commit fails; the crash that follows may keep it or not.
async fn write_without_sync<R: std::fmt::Debug>(write: impl AsyncFnOnce(&Database) -> Result<R>) {
    let rig = Rig::open_tracked().await;
    rig.fail_next_sync();
    let error = write(&rig.db).await.expect_err("the sync fails");
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    assert_eq!(error.committed(), Committed::Unknown, "{error}");
    assert!(error.to_string().contains("unknown"), "{error}");
    // The running database has undone it,
    assert_eq!(ids(&rig.db).await, BTreeSet::new());
    // and a crash may still bring it back, whole.
    assert_eq!(rig.ids_after_crash(Unsynced::Lost), BTreeSet::new());
    assert_eq!(rig.ids_after_crash(Unsynced::Kept), BTreeSet::from([1]));
    // The next commit settles it.
    insert(&rig.db, 2).await.expect("writes");
    for unsynced in [Unsynced::Lost, Unsynced::Kept] {
        assert_eq!(rig.ids_after_crash(unsynced), BTreeSet::from([2]));
    }
    rig.db.close().await.expect("closes");
}

#[tokio::test]
async fn a_failed_sync_leaves_every_kind_of_write_unknown() {
    write_without_sync(async |db: &Database| db.execute(INSERT_BOTH, (1,)).await).await;
    write_without_sync(async |db: &Database| insert(db, 1).await).await;
    write_without_sync(async |db: &Database| db.execute_many(INSERT, [(1, 0), (1, 1)]).await).await;
    write_without_sync(async |db: &Database| {
        let script = "INSERT INTO t VALUES (1, 0, 'x'); INSERT INTO t VALUES (1, 1, 'y')";
        db.execute_batch(script).await
    })
    .await;
    write_without_sync(async |db: &Database| {
        let sql = "INSERT INTO t VALUES (1, 0, 'x'), (1, 1, 'y') RETURNING id";
        db.query::<i64>(sql, ()).await
    })
    .await;
    write_without_sync(async |db: &Database| insert_interactively(db, 1).await).await;
}

#[tokio::test]
async fn a_failed_sync_leaves_a_statement_outside_transactions_unknown() {
    let rig = Rig::open_tracked().await;
    rig.fail_next_sync();
    let answer = rig.db.execute("PRAGMA user_version = 7", ()).await;
    let error = answer.expect_err("the sync fails");
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    assert_eq!(error.committed(), Committed::Unknown, "{error}");
}

#[tokio::test]
async fn all_members_of_a_group_share_the_fate_of_its_commit() {
    let rig = Rig::open_tracked().await;
    // The first write stops in its sync, so that the others gather behind it.
    let hold = rig.vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    let (first, db) = (tokio::spawn(insert(&rig.db, 1)), rig.db.clone());
    let reached = tokio::task::spawn_blocking(move || {
        assert!(hold.reached(Duration::from_secs(60)));
        hold
    });
    let hold = reached.await.expect("reached");
    let others: Vec<_> = (2..10).map(|id| tokio::spawn(insert(&db, id))).collect();
    while db.stats().write_lane.queued < others.len() {
        tokio::task::yield_now().await;
    }
    let second = Fault::new(Op::Sync, Failure::Io).on(FileKind::Wal);
    rig.vfs.inject(second.nth(2));
    hold.release();
    first.await.expect("joins").expect("is on disk");
    for other in others {
        let error = other.await.expect("joins").expect_err("the sync fails");
        assert_eq!(
            (error.kind(), error.committed()),
            (ErrorKind::Io, Committed::Unknown)
        );
    }
    assert_eq!(ids(&db).await, BTreeSet::from([1]));
    assert_eq!(rig.ids_after_crash(Unsynced::Kept), (1..10).collect());
    assert_eq!(rig.ids_after_crash(Unsynced::Lost), BTreeSet::from([1]));
}

/// The commit's own writes fail, so nothing of it can ever be there.
#[tokio::test]
async fn a_commit_that_found_the_disk_full_is_undone_for_good() {
    async fn undone(write: impl Future<Output = Result<()>>, rig: &Rig) {
        rig.vfs
            .inject(Fault::new(Op::Write, Failure::DiskFull).on(FileKind::Wal));
        let error = write.await.expect_err("the disk is full");
        assert_eq!(
            (error.kind(), error.committed()),
            (ErrorKind::DiskFull, Committed::No)
        );
        assert_eq!(rig.ids_after_crash(Unsynced::Kept), BTreeSet::new());
        rig.vfs.heal();
    }
    let rig = Rig::open_tracked().await;
    undone(insert(&rig.db, 1), &rig).await;
    undone(insert_interactively(&rig.db, 1), &rig).await;
    insert(&rig.db, 2).await.expect("writes");
    assert_eq!(rig.ids_after_crash(Unsynced::Lost), BTreeSet::from([2]));
}

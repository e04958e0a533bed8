//! Every single call of a small workload to its disk fails in turn, on one database that stays open.

use tidegate::CheckpointMode;
use tidegate_testkit::vfs::{Failure, Fault, FileKind, Op};

use super::*;

impl Rig {
    /// One write by each kind of call, four of them at once, with a read and a checkpoint in between.
    async fn work(&self) -> Book {
        let (db, mut book) = (&self.db, Book::default());
        book.note(1, db.execute(INSERT_BOTH, (1,)).await);
        let together = tokio::join!(insert(db, 2), insert(db, 3), insert(db, 4), insert(db, 5));
        book.note(2, together.0);
        book.note(3, together.1);
        book.note(4, together.2);
        book.note(5, together.3);
        book.note(6, insert_interactively(db, 6).await);
        if let Err(error) = db.query::<(i64, i64)>("SELECT id, half FROM t", ()).await {
            book.note_error(&error);
        }
        if let Err(error) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)", ()).await {
            book.note_error(&error);
        }
        book.note(7, db.execute_many(INSERT, [(7, 0), (7, 1)]).await);
        book
    }

    async fn empty(&self) {
        self.db.execute("DELETE FROM t", ()).await.expect("empties");
    }
}

/// Fails the n-th call for every n until none is left to fail, and gives the number of errors answered.
async fn sweep(fault: Fault, kinds: &[ErrorKind]) -> usize {
    let rig = Rig::open().await;
    let (mut strikes, mut errors) = (0, 0);
    for n in 1.. {
        rig.empty().await;
        rig.vfs.inject(fault.nth(n));
        let book = rig.work().await;
        let struck = rig.vfs.fired();
        rig.vfs.heal();
        for kind in &book.errors {
            assert!(kinds.contains(kind), "{kind} for {fault:?} at {n}");
        }
        book.check(&ids(&rig.db).await);
        strikes += struck;
        errors += book.errors.len();
        if struck == 0 {
            assert!(strikes > 0, "{fault:?} struck nothing");
            assert_eq!(book.acknowledged.len(), 7, "free of faults: {book:?}");
            rig.close(&book).await;
            return errors;
        }
    }
    unreachable!("the workload is finite")
}

#[tokio::test]
async fn every_write_finds_the_disk_full() {
    let full = Fault::new(Op::Write, Failure::DiskFull);
    assert!(sweep(full, &[ErrorKind::DiskFull]).await > 0);
    assert!(sweep(full.lasting(), &[ErrorKind::DiskFull]).await > 0);
}

#[tokio::test]
async fn every_write_fails() {
    let broken = Fault::new(Op::Write, Failure::Io);
    assert!(sweep(broken, &[ErrorKind::Io]).await > 0);
    assert!(sweep(broken.lasting(), &[ErrorKind::Io]).await > 0);
}

#[tokio::test]
async fn every_write_stops_half_way() {
    let full = Fault::new(Op::Write, Failure::HalfThenFull);
    assert!(sweep(full, &[ErrorKind::DiskFull]).await > 0);
    let broken = Fault::new(Op::Write, Failure::HalfThenIo);
    assert!(sweep(broken.lasting(), &[ErrorKind::Io]).await > 0);
}

#[tokio::test]
async fn every_sync_fails() {
    let broken = Fault::new(Op::Sync, Failure::Io);
    assert!(sweep(broken, &[ErrorKind::Io]).await > 0);
    assert!(sweep(broken.lasting(), &[ErrorKind::Io]).await > 0);
}

#[tokio::test]
async fn every_truncation_fails() {
    sweep(Fault::new(Op::Truncate, Failure::Io), &[ErrorKind::Io]).await;
}

#[tokio::test]
async fn every_read_fails() {
    let broken = Fault::new(Op::Read, Failure::Io);
    sweep(broken.on(FileKind::Wal), &[ErrorKind::Io]).await;
    sweep(broken.on(FileKind::Main), &[ErrorKind::Io]).await;
}

#[tokio::test]
async fn every_lock_in_shared_memory_fails() {
    assert!(sweep(Fault::new(Op::ShmLock, Failure::Io), &[ErrorKind::Io]).await > 0);
    let broken = Fault::new(Op::ShmLock, Failure::Io).lasting();
    assert!(sweep(broken, &[ErrorKind::Io]).await > 0);
}

#[tokio::test]
async fn every_lock_is_taken_for_a_moment() {
    let rig = Rig::open().await;
    for n in 1.. {
        rig.empty().await;
        let fault = Fault::new(Op::ShmLock, Failure::Busy);
        rig.vfs.inject(fault.nth(n));
        let book = rig.work().await;
        let struck = rig.vfs.fired();
        rig.vfs.heal();
        assert_eq!(book.errors, [], "a lock that is free again at once, at {n}");
        if struck == 0 {
            return rig.close(&book).await;
        }
    }
}

/// A write larger than the page cache, so that a statement in the middle of a group finds the disk full.
fn insert_much(db: &Database, id: i64) -> tidegate::Call<u64> {
    let sql = "INSERT INTO t VALUES (?1, 0, zeroblob(150000)), (?1, 1, zeroblob(150000))";
    db.write(move |tx| tx.execute(sql, (id,)))
}

#[tokio::test]
async fn every_write_of_a_group_that_spills_its_cache_fails() {
    let rig = Rig::open_with(|_| (), |options| options.cache_size_kib(64)).await;
    for n in 1.. {
        rig.empty().await;
        rig.vfs
            .inject(Fault::new(Op::Write, Failure::DiskFull).nth(n));
        let (db, mut book) = (&rig.db, Book::default());
        let answers = tokio::join!(
            insert(db, 1),
            insert(db, 2),
            insert_much(db, 3),
            insert(db, 4),
            insert_much(db, 5),
        );
        let struck = rig.vfs.fired();
        rig.vfs.heal();
        book.note(1, answers.0);
        book.note(2, answers.1);
        book.note(3, answers.2);
        book.note(4, answers.3);
        book.note(5, answers.4);
        assert!(book.errors.iter().all(|kind| *kind == ErrorKind::DiskFull));
        book.check(&ids(db).await);
        if struck == 0 {
            assert!(n > 150, "the cache was not spilled: {n}");
            assert!(db.stats().writer.replays > 0, "no statement failed midway");
            return rig.close(&book).await;
        }
    }
}

/// A fault while a file is created: a clear error or none, and the next opening is served.
async fn sweep_creation(fault: Fault, kinds: &[ErrorKind]) {
    let vfs = fresh_vfs();
    for n in 1.. {
        let dir = tempfile::tempdir().expect("a temporary directory");
        vfs.inject(fault.nth(n));
        let opened = options(vfs, dir.path()).open().await;
        let struck = vfs.fired();
        vfs.heal();
        let db = match opened {
            Ok(db) => db,
            Err(error) => {
                assert!(
                    kinds.contains(&error.kind()),
                    "{error} for {fault:?} at {n}"
                );
                assert!(error.to_string().contains("app.db"), "{error}");
                options(vfs, dir.path()).open().await.expect("opens")
            }
        };
        serves(&db).await;
        db.close().await.expect("closes");
        if struck == 0 {
            assert!(n > 1, "{fault:?} struck nothing");
            return;
        }
    }
}

/// Whether every connection of a database does its work.
async fn serves(db: &Database) {
    db.execute_batch("CREATE TABLE s (x); INSERT INTO s VALUES (1)")
        .await
        .expect("writes");
    let count: i64 = db
        .query_scalar("SELECT count(*) FROM s", ())
        .await
        .expect("reads");
    assert_eq!(count, 1);
    let checkpoint = db.checkpoint(CheckpointMode::Truncate);
    assert!(!checkpoint.await.expect("checkpoints").busy);
    db.execute("DROP TABLE s", ()).await.expect("drops");
}

#[tokio::test]
async fn every_call_of_a_creation_fails() {
    for op in [
        Op::Open,
        Op::Read,
        Op::FileSize,
        Op::Write,
        Op::Sync,
        Op::ShmMap,
        Op::ShmLock,
        Op::Lock,
    ] {
        sweep_creation(Fault::new(op, Failure::Io), &[ErrorKind::Io]).await;
    }
    sweep_creation(
        Fault::new(Op::Write, Failure::DiskFull),
        &[ErrorKind::DiskFull],
    )
    .await;
}

/// A fault while a file is opened, with a log to recover; nothing of it is lost.
async fn sweep_opening(fault: Fault) {
    let rig = Rig::open().await;
    insert(&rig.db, 1).await.expect("writes");
    for n in 1.. {
        let dir = tempfile::tempdir().expect("a temporary directory");
        copy_files(rig.dir.path(), dir.path());
        rig.vfs.inject(fault.nth(n));
        let opened = options(rig.vfs, dir.path()).open().await;
        let struck = rig.vfs.fired();
        rig.vfs.heal();
        let db = match opened {
            Ok(db) => db,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Io, "{error} for {fault:?} at {n}");
                assert!(error.to_string().contains("app.db"), "{error}");
                options(rig.vfs, dir.path()).open().await.expect("opens")
            }
        };
        serves(&db).await;
        db.close().await.expect("closes");
        assert_eq!(
            ids_after_check(&dir.path().join("app.db")),
            BTreeSet::from([1])
        );
        if struck == 0 {
            assert!(n > 1, "{fault:?} struck nothing");
            return rig.db.close().await.expect("closes");
        }
    }
}

fn copy_files(from: &Path, to: &Path) {
    for name in ["app.db", "app.db-wal"] {
        std::fs::copy(from.join(name), to.join(name)).expect("copies");
    }
}

#[tokio::test]
async fn every_call_of_an_opening_with_recovery_fails() {
    for op in [
        Op::Open,
        Op::Read,
        Op::FileSize,
        Op::ShmMap,
        Op::ShmLock,
        Op::Lock,
    ] {
        sweep_opening(Fault::new(op, Failure::Io)).await;
    }
}

/// A fault while the file is closed: closing ends, and what was acknowledged is there the next time.
#[tokio::test]
async fn every_call_of_a_closing_fails() {
    for op in [
        Op::Write,
        Op::Sync,
        Op::Truncate,
        Op::Delete,
        Op::Lock,
        Op::ShmLock,
    ] {
        for n in 1.. {
            let rig = Rig::open().await;
            insert(&rig.db, 1).await.expect("writes");
            rig.vfs.inject(Fault::new(op, Failure::Io).nth(n).lasting());
            rig.db.close().await.expect("closes");
            let struck = rig.vfs.fired();
            rig.vfs.heal();
            assert_eq!(ids_after_check(&rig.file()), BTreeSet::from([1]));
            if struck == 0 {
                break;
            }
        }
    }
}

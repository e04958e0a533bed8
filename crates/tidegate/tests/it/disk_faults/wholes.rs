//! What consists of several steps stays whole on a failing disk: migrations, transactions, the stream of changes.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tidegate::{ChangeEvent, Changes, Migration, Migrations};
use tidegate_testkit::vfs::{Failure, Fault, FileKind, Op};

use super::*;

// Migrations.

fn first_step() -> Migrations {
    Migrations::new([Migration::sql("one", "CREATE TABLE m (step INTEGER)")])
}

/// Each step leaves as many rows as its number.
fn all_steps() -> Migrations {
    let insert = |rows: &'static str| format!("INSERT INTO m (step) VALUES {rows}");
    Migrations::new([
        Migration::sql("one", "CREATE TABLE m (step INTEGER)"),
        Migration::sql("two", insert("(2), (2)")),
        Migration::closure("three", |tx| {
            tx.execute("INSERT INTO m VALUES (3)", ())?;
            tx.execute("INSERT INTO m VALUES (3), (3)", ()).map(drop)
        }),
    ])
}

/// The version, after a look whether all steps up to it were taken once.
async fn version(db: &Database) -> i64 {
    let version: i64 = db
        .query_scalar("PRAGMA user_version", ())
        .await
        .expect("reads");
    let steps: Vec<i64> = db
        .query("SELECT step FROM m ORDER BY step", ())
        .await
        .expect("reads");
    let taken = [2, 2, 3, 3, 3].into_iter().filter(|step| *step <= version);
    assert!(steps.iter().copied().eq(taken), "{steps:?} at {version}");
    version
}

async fn migrate_with(fault: Fault, n: u64) -> u64 {
    let rig = Rig::open().await;
    rig.db.migrate(&first_step()).await.expect("migrates");
    rig.vfs.inject(fault.nth(n));
    let migrated = rig.db.migrate(&all_steps()).await;
    let struck = rig.vfs.fired();
    rig.vfs.heal();
    let reached = version(&rig.db).await;
    match migrated {
        Ok(_) => assert_eq!(reached, 3),
        Err(error) => {
            let kinds = [ErrorKind::DiskFull, ErrorKind::Io];
            assert!(kinds.contains(&error.kind()), "{error} at {n}");
            rig.db.migrate(&all_steps()).await.expect("migrates again");
            assert_eq!(version(&rig.db).await, 3);
        }
    }
    rig.db.close().await.expect("closes");
    struck
}

#[tokio::test]
async fn a_migration_on_a_failing_disk_stops_between_steps() {
    for fault in [
        Fault::new(Op::Write, Failure::DiskFull),
        Fault::new(Op::Write, Failure::HalfThenIo).lasting(),
        Fault::new(Op::Sync, Failure::Io),
    ] {
        let mut n = 1;
        while migrate_with(fault, n).await > 0 {
            n += 1;
        }
        assert!(n > 2, "{fault:?} struck nothing");
    }
}

// Transactions.

#[tokio::test]
async fn a_transaction_that_found_the_disk_full_tells_so_until_it_is_dropped() {
    let rig = Rig::open_with(|_| (), |options| options.cache_size_kib(64)).await;
    let tx = rig.db.begin().await.expect("begins");
    tx.execute(INSERT_BOTH, (1,)).await.expect("writes");
    let full = Fault::new(Op::Write, Failure::DiskFull).on(FileKind::Wal);
    rig.vfs.inject(full.lasting());
    let much = "INSERT INTO t VALUES (2, 0, zeroblob(300000)), (2, 1, zeroblob(300000))";
    let error = tx.execute(much, ()).await.expect_err("is full");
    assert_eq!(error.kind(), ErrorKind::DiskFull, "{error}");
    // SQLite has rolled back all of it: nothing that follows may seem to succeed.
    let error = tx.execute(INSERT_BOTH, (3,)).await.expect_err("is over");
    assert!(error.to_string().contains("rolled"), "{error}");
    let error = tx.commit().await.expect_err("is over");
    assert_eq!(error.committed(), Committed::No, "{error}");
    rig.vfs.heal();
    insert(&rig.db, 4).await.expect("writes");
    let mut book = Book::default();
    book.note(4, Ok(()));
    rig.close(&book).await;
}

#[tokio::test]
async fn a_stream_ends_with_the_error_that_its_reader_met() {
    let set = |options: Options| options.cache_size_kib(64).readers(1);
    let rig = Rig::open_with(|_| (), set).await;
    let rows: Vec<_> = (0..2000).map(|id| (id, 0)).collect();
    rig.db.execute_many(INSERT, rows).await.expect("writes");
    let mut stream = rig
        .db
        .stream::<(i64, String)>("SELECT id, hex(pad) FROM t", ());
    stream.next().await.expect("a row").expect("reads");
    rig.vfs.inject(Fault::new(Op::Read, Failure::Io).lasting());
    let mut seen = 1;
    let error = loop {
        match stream.next().await.expect("an error comes before the end") {
            Ok(_) => seen += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    assert!(seen < 2000);
    assert!(stream.next().await.is_none());
    rig.vfs.heal();
    let count: i64 = rig
        .db
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .expect("the only reader serves on");
    assert_eq!(count, 2000);
    rig.db.close().await.expect("closes");
}

// Changes.

/// The rows told so far.
fn told(changes: &mut Changes) -> usize {
    let mut rows = 0;
    while let Poll::Ready(event) =
        pin!(changes.next()).poll(&mut Context::from_waker(Waker::noop()))
    {
        match event.expect("the database is open") {
            ChangeEvent::Committed(set) => rows += set.changes.len(),
            other => panic!("{other:?}"),
        }
    }
    rows
}

#[tokio::test]
async fn changes_are_told_of_what_was_committed_and_of_nothing_else() {
    for fault in [
        Fault::new(Op::Write, Failure::DiskFull),
        Fault::new(Op::Sync, Failure::Io),
    ] {
        let rig = Rig::open().await;
        let mut changes = rig.db.changes();
        for n in 1.. {
            rig.db.execute("DELETE FROM t", ()).await.expect("empties");
            told(&mut changes);
            rig.vfs.inject(fault.nth(n));
            let (db, mut book) = (&rig.db, Book::default());
            let together =
                tokio::join!(insert(db, 1), insert(db, 2), db.execute(INSERT_BOTH, (3,)));
            book.note(1, together.0);
            book.note(2, together.1);
            book.note(3, together.2);
            book.note(4, insert_interactively(db, 4).await);
            let struck = rig.vfs.fired();
            rig.vfs.heal();
            let rows = book.acknowledged.len() * 2;
            assert_eq!(told(&mut changes), rows, "{book:?} for {fault:?} at {n}");
            if struck == 0 {
                break;
            }
        }
        rig.db.close().await.expect("closes");
    }
}

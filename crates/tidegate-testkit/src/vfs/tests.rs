//! Tests of the file system over plain connections.

use super::*;
use rusqlite::{Connection, ErrorCode, OpenFlags, Result};
use std::fs;
use std::path::PathBuf;
use std::thread;
use tempfile::TempDir;

mod power;
mod sweep;

/// A database file of its own for a test.
struct Bench {
    dir: TempDir,
    vfs: FaultVfs,
}

impl Bench {
    fn new(name: &str) -> Self {
        Bench {
            dir: tempfile::tempdir().expect("temporary directory"),
            vfs: FaultVfs::register(name),
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("app.db")
    }

    /// A connection whose every access goes through the file system under test.
    fn connect(&self) -> Result<Connection> {
        Connection::open_with_flags_and_vfs(self.path(), OpenFlags::default(), self.vfs.name())
    }

    /// The same in WAL mode, with a table.
    fn connect_wal(&self, synchronous: &str) -> Result<Connection> {
        let db = self.connect()?;
        db.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};
             CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v BLOB);"
        ))?;
        Ok(db)
    }
}

/// Opens with SQLite's own file system, checks the file, and returns the ids it holds.
#[track_caller]
fn ids_after_check(path: &Path) -> Vec<i64> {
    let db = Connection::open(path).expect("opens");
    let check = db.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0));
    assert_eq!(check.expect("checks"), "ok");
    let exists = "SELECT count(*) FROM sqlite_schema WHERE name = 't'";
    if db
        .query_row(exists, (), |row| row.get::<_, i64>(0))
        .expect("reads")
        == 0
    {
        return Vec::new();
    }
    let mut rows = db
        .prepare("SELECT id FROM t ORDER BY id")
        .expect("prepares");
    let ids = rows.query_map((), |row| row.get(0)).expect("reads");
    ids.collect::<Result<_>>().expect("reads")
}

fn insert(db: &Connection, id: i64) -> Result<usize> {
    db.execute("INSERT INTO t VALUES (?1, randomblob(3000))", [id])
}

#[test]
fn everything_passes_through_and_is_counted() {
    let bench = Bench::new("counted");
    let db = bench.connect_wal("FULL").expect("opens");
    let before = bench.vfs.counts();
    insert(&db, 1).expect("inserts");
    let calls = bench.vfs.counts() - before;
    assert_eq!(calls.get(Op::Sync, FileKind::Wal), 1);
    assert!(calls.get(Op::Write, FileKind::Wal) >= 2);
    assert_eq!(calls.get(Op::Write, FileKind::Main), 0);
    assert!(calls.total(Op::ShmLock) > 0);
    drop(db);
    assert_eq!(ids_after_check(&bench.path()), [1]);
    assert!(bench.vfs.counts().get(Op::Delete, FileKind::Wal) > 0);
}

#[test]
fn connections_share_a_file_as_usual() {
    let bench = Bench::new("shared");
    let writer = bench.connect_wal("NORMAL").expect("opens");
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let db = bench.connect().expect("opens");
            thread::spawn(move || {
                db.busy_timeout(Duration::from_secs(60)).expect("sets");
                (0..50).try_for_each(|at| insert(&db, thread * 100 + at).map(drop))
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("joins").expect("inserts");
    }
    let count = writer.query_row("SELECT count(*) FROM t", (), |row| row.get::<_, i64>(0));
    assert_eq!(count, Ok(200));
}

#[test]
fn memory_mapping_is_not_offered() {
    let bench = Bench::new("unmapped");
    let db = bench.connect_wal("NORMAL").expect("opens");
    let size = db.query_row("PRAGMA mmap_size = 1000000", (), |row| row.get::<_, i64>(0));
    assert_eq!(size, Ok(0));
}

#[test]
fn each_failure_has_its_code() {
    use rusqlite::ffi;
    let bench = Bench::new("codes");
    let db = bench.connect_wal("FULL").expect("opens");
    let mut id = 0;
    let mut fails = |fault, code| {
        id += 1;
        bench.vfs.inject(fault);
        let error =
            insert(&db, id).map_err(|error| error.sqlite_error().map(|it| it.extended_code));
        assert_eq!(
            (error, bench.vfs.fired()),
            (Err(Some(code)), 1),
            "{fault:?}"
        );
        bench.vfs.heal();
        insert(&db, id).expect("works once healed");
    };
    let write = |failure| Fault::new(Op::Write, failure);
    fails(write(Failure::DiskFull), ffi::SQLITE_FULL);
    fails(write(Failure::Io), ffi::SQLITE_IOERR_WRITE);
    fails(write(Failure::HalfThenFull), ffi::SQLITE_FULL);
    fails(write(Failure::HalfThenIo), ffi::SQLITE_IOERR_WRITE);
    fails(Fault::new(Op::Sync, Failure::Io), ffi::SQLITE_IOERR_FSYNC);
    fails(
        Fault::new(Op::ShmLock, Failure::Io),
        ffi::SQLITE_IOERR_SHMLOCK,
    );
    drop(db);
    assert_eq!(ids_after_check(&bench.path()), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_busy_writers_lock_is_reported() {
    let bench = Bench::new("busy");
    let db = bench.connect_wal("FULL").expect("opens");
    db.busy_timeout(Duration::ZERO).expect("sets");
    db.execute_batch("BEGIN").expect("begins");
    // The reader's lock is taken here; SQLite gets around that being busy.
    db.query_row("SELECT count(*) FROM t", (), |row| row.get::<_, i64>(0))
        .expect("reads");
    bench.vfs.inject(Fault::new(Op::ShmLock, Failure::Busy));
    let error = insert(&db, 1).expect_err("a fault");
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    insert(&db, 1).expect("inserts");
}

#[test]
fn a_failed_open_is_reported_and_leaks_nothing() {
    let bench = Bench::new("unopened");
    drop(bench.connect_wal("FULL").expect("opens"));
    for kind in [FileKind::Main, FileKind::Wal] {
        bench.vfs.inject(Fault::new(Op::Open, Failure::Io).on(kind));
        let error = bench.connect_wal("FULL").expect_err("a fault");
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen));
        bench.vfs.heal();
    }
    insert(&bench.connect_wal("FULL").expect("opens"), 1).expect("inserts");
}

#[test]
fn a_lasting_fault_strikes_until_healed_and_counts_from_its_injection() {
    let bench = Bench::new("lasting");
    let db = bench.connect_wal("FULL").expect("opens");
    let fault = Fault::new(Op::Sync, Failure::DiskFull).on(FileKind::Wal);
    bench.vfs.inject(fault.nth(3).lasting());
    let worked: Vec<bool> = (1..=5).map(|id| insert(&db, id).is_ok()).collect();
    assert_eq!(worked, [true, true, false, false, false]);
    assert_eq!(bench.vfs.fired(), 3);
    bench.vfs.heal();
    insert(&db, 6).expect("inserts");
    drop(db);
    assert_eq!(ids_after_check(&bench.path()), [1, 2, 6]);
}

#[test]
fn a_fault_on_one_kind_of_file_spares_the_others() {
    let bench = Bench::new("spared");
    let db = bench.connect_wal("FULL").expect("opens");
    bench.vfs.inject(
        Fault::new(Op::Write, Failure::Io)
            .on(FileKind::Main)
            .lasting(),
    );
    insert(&db, 1).expect("writes to the WAL alone");
    let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(
        busy.expect_err("a fault").sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure)
    );
}

#[test]
fn a_delayed_sync_takes_longer() {
    let bench = Bench::new("delayed");
    let db = bench.connect_wal("FULL").expect("opens");
    bench.vfs.delay(Op::Sync, Duration::from_millis(20));
    let started = std::time::Instant::now();
    insert(&db, 1).expect("inserts");
    assert!(started.elapsed() >= Duration::from_millis(20));
    bench.vfs.delay(Op::Sync, Duration::ZERO);
}

#[test]
fn a_held_sync_holds_the_commit_and_nothing_else() {
    let bench = Bench::new("held");
    let db = bench.connect_wal("FULL").expect("opens");
    let reader = bench.connect().expect("opens");
    let count = || reader.query_row("SELECT count(*) FROM t", (), |row| row.get::<_, i64>(0));
    assert_eq!(count(), Ok(0));
    let hold = bench.vfs.hold_next(Op::Sync, Some(FileKind::Wal));
    assert!(!hold.reached(Duration::ZERO));
    let writer = thread::spawn(move || insert(&db, 1));
    assert!(hold.reached(Duration::from_secs(60)));
    assert_eq!(count(), Ok(0));
    hold.release();
    writer.join().expect("joins").expect("inserts");
    assert_eq!(count(), Ok(1));
}

#[test]
#[should_panic(expected = "registered already")]
fn a_name_is_registered_once() {
    FaultVfs::register("twice");
    FaultVfs::register("twice");
}

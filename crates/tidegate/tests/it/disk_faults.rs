//! The whole driver over a disk that fails, fills up, or loses power.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tidegate::{Committed, Database, Error, ErrorKind, Options, Result};
use tidegate_testkit::vfs::FaultVfs;

mod commits;
mod limits;
mod power;
mod readers;
mod sweeps;
mod wholes;

/// Every write inserts as many rows of its id.
const ROWS_OF_A_WRITE: i64 = 2;
const INSERT: &str = "INSERT INTO t VALUES (?, ?, randomblob(500))";
const INSERT_BOTH: &str = "INSERT INTO t VALUES (?1, 0, 'x'), (?1, 1, 'y')";

/// A database on a disk that fails on demand.
struct Rig {
    vfs: FaultVfs,
    dir: TempDir,
    db: Database,
}

impl Rig {
    async fn open() -> Self {
        Self::open_with(|_| (), |options| options).await
    }

    async fn open_with(
        prepare: impl FnOnce(FaultVfs),
        set: impl FnOnce(Options) -> Options,
    ) -> Self {
        let vfs = fresh_vfs();
        prepare(vfs);
        let dir = tempfile::tempdir().expect("a temporary directory");
        let db = set(options(vfs, dir.path())).open().await.expect("opens");
        db.execute(
            "CREATE TABLE t (id INTEGER, half INTEGER, pad BLOB, PRIMARY KEY (id, half))",
            (),
        )
        .await
        .expect("creates");
        Rig { vfs, dir, db }
    }

    fn file(&self) -> std::path::PathBuf {
        self.dir.path().join("app.db")
    }

    /// Closes and compares what is left with what was answered, by SQLite alone.
    async fn close(self, book: &Book) {
        self.db.close().await.expect("closes");
        assert!(!self.dir.path().join("app.db-wal").exists());
        book.check(&ids_after_check(&self.file()));
    }
}

fn options(vfs: FaultVfs, dir: &Path) -> Options {
    Options::new(dir.join("app.db"))
        .vfs(vfs.name())
        .readers(2)
        .busy_timeout(Duration::from_millis(50))
}

fn fresh_vfs() -> FaultVfs {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    FaultVfs::register(&format!("disk-faults-{number}"))
}

/// What the driver has answered about each write.
#[derive(Debug, Default)]
struct Book {
    acknowledged: BTreeSet<i64>,
    unknown: BTreeSet<i64>,
    errors: Vec<ErrorKind>,
}

impl Book {
    fn note<R>(&mut self, id: i64, answer: Result<R>) {
        match answer {
            Ok(_) => {
                self.acknowledged.insert(id);
            }
            Err(error) => {
                if error.committed() == Committed::Unknown {
                    self.unknown.insert(id);
                }
                self.note_error(&error);
            }
        }
    }

    fn note_error(&mut self, error: &Error) {
        assert!(error.extended_code().is_some(), "{error:?}");
        self.errors.push(error.kind());
    }

    /// Everything acknowledged is there; of the rest only what was answered as unknown may be.
    #[track_caller]
    fn check(&self, left: &BTreeSet<i64>) {
        let lost: Vec<_> = self.acknowledged.difference(left).collect();
        assert!(lost.is_empty(), "lost {lost:?} of {self:?}");
        let surplus: Vec<_> = left
            .iter()
            .filter(|id| !self.acknowledged.contains(id) && !self.unknown.contains(id))
            .collect();
        assert!(
            surplus.is_empty(),
            "refused and there: {surplus:?} of {self:?}"
        );
    }
}

/// The ids in the file as the driver sees them, each with all its rows.
async fn ids(db: &Database) -> BTreeSet<i64> {
    let rows: Vec<(i64, i64)> = db
        .query("SELECT id, count(*) FROM t GROUP BY id", ())
        .await
        .expect("reads");
    whole(rows.into_iter().collect())
}

/// The ids in a file as SQLite alone sees them, after an integrity check.
#[track_caller]
fn ids_after_check(file: &Path) -> BTreeSet<i64> {
    let db = rusqlite::Connection::open(file).expect("opens");
    let check = db.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0));
    assert_eq!(check.expect("checks"), "ok");
    let mut rows = db
        .prepare("SELECT id, count(*) FROM t GROUP BY id")
        .expect("prepares");
    let rows = rows
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("reads");
    whole(rows.collect::<rusqlite::Result<_>>().expect("reads"))
}

#[track_caller]
fn whole(rows: BTreeMap<i64, i64>) -> BTreeSet<i64> {
    for (id, count) in &rows {
        assert_eq!(*count, ROWS_OF_A_WRITE, "a part of the write {id}");
    }
    rows.into_keys().collect()
}

/// A closure's write of two rows.
fn insert(db: &Database, id: i64) -> tidegate::Call<()> {
    db.write(move |tx| {
        tx.execute(INSERT, (id, 0))?;
        tx.execute(INSERT, (id, 1)).map(drop)
    })
}

async fn insert_interactively(db: &Database, id: i64) -> Result<()> {
    let tx = db.begin().await?;
    tx.execute(INSERT, (id, 0)).await?;
    tx.execute(INSERT, (id, 1)).await?;
    tx.commit().await
}

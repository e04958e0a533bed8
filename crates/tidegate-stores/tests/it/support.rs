//! What the integration tests share: migrated databases in temporary directories, and moments.

use tempfile::TempDir;
use tidegate::Options;
use tidegate::blocking::Database;
use tidegate_stores::{Timestamp, schema};

/// A database file of its own with the tables of all stores, gone with the value.
pub(crate) struct TestDb {
    pub(crate) db: Database,
    pub(crate) dir: TempDir,
}

impl std::ops::Deref for TestDb {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.db
    }
}

impl TestDb {
    /// Closes the file and opens it again, as a restart of the program does.
    pub(crate) fn reopened(self) -> Self {
        self.db.close().unwrap();
        open_in(self.dir)
    }
}

/// Opens and migrates a fresh file.
pub(crate) fn open() -> TestDb {
    open_in(tempfile::tempdir().unwrap())
}

fn open_in(dir: TempDir) -> TestDb {
    let db = Options::new(dir.path().join("test.db"))
        .open_blocking()
        .unwrap();
    db.migrate(&schema::migrations()).unwrap();
    TestDb { db, dir }
}

/// `seconds` after the moment at which the tests begin, 2026-03-01T12:00:00Z.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    Timestamp::from_micros(start.as_micros() + seconds * 1_000_000).unwrap()
}

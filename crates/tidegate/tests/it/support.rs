//! What the integration tests share: databases in temporary directories.

use tempfile::TempDir;
use tidegate::{Database, Options};

/// A database file of its own, gone with the value.
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

/// Opens a fresh file with `table t(id INTEGER PRIMARY KEY, v)`.
pub(crate) async fn open() -> TestDb {
    open_with(|options| options).await
}

pub(crate) async fn open_with(set: impl FnOnce(Options) -> Options) -> TestDb {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let options = set(Options::new(dir.path().join("test.db")));
    let db = options.open().await.expect("opens");
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", ())
        .await
        .expect("creates the table");
    TestDb { db, dir }
}

pub(crate) async fn count(db: &Database) -> i64 {
    db.query_scalar("SELECT count(*) FROM t", ())
        .await
        .expect("counts")
}

/// The ids in table `t`, in order.
pub(crate) async fn ids(db: &Database) -> Vec<i64> {
    let rows: Vec<(i64,)> = db
        .query("SELECT id FROM t ORDER BY id", ())
        .await
        .expect("lists the ids");
    rows.into_iter().map(|(id,)| id).collect()
}

//! What the fuzz targets share: fresh databases, and the check that a connection is clean.

use std::sync::OnceLock;
use std::time::Duration;

use tidegate::{Database, ErrorKind, Options};

/// Longer than any call may take that is not stuck.
const STUCK: Duration = Duration::from_secs(10);

/// An empty database in memory, whose only connection runs every call.
pub fn fresh() -> Database {
    Options::memory().open().wait().expect("opens")
}

/// One database for all inputs of a process, for targets whose inputs cannot do more to it than `setup` undoes.
pub fn reused(setup: &'static str) -> &'static Database {
    static DATABASE: OnceLock<Database> = OnceLock::new();
    let db = DATABASE.get_or_init(fresh);
    db.execute_batch(setup).wait().expect("sets up");
    db
}

/// The next callers of every kind are served, and find no transaction open.
pub fn assert_clean(db: &Database) {
    let one: i64 = db
        .query_scalar("SELECT 1", ())
        .deadline(STUCK)
        .wait()
        .expect("reads");
    assert_eq!(one, 1);
    let made = db
        .execute_batch("CREATE TABLE tidegate_probe (x); DROP TABLE tidegate_probe")
        .deadline(STUCK)
        .wait();
    if let Err(error) = made {
        // The text may have limited the number of pages, or have left a damaged schema of its own making.
        let is_the_texts_doing = matches!(
            error.kind(),
            ErrorKind::DiskFull | ErrorKind::Corrupt | ErrorKind::Query
        );
        assert!(is_the_texts_doing, "{error}");
    }
    let tx = db.begin().deadline(STUCK).wait().expect("begins");
    drop(tx);
    db.write(|_| Ok(())).deadline(STUCK).wait().expect("writes");
}

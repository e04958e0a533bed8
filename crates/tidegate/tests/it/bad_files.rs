//! Files that are damaged, no databases, out of reach, or oddly named: a clear error, or it works.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tidegate::{Database, Error, ErrorKind, Options};

mod damage;
mod paths;
mod permissions;

fn temporary_directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// The error of an opening that has to fail; it names the path.
async fn refused(options: Options, path: &Path) -> Error {
    let error = options.open().await.expect_err("is refused");
    let (text, name) = (error.to_string(), path.display().to_string());
    assert!(text.contains(&name), "{text:?} does not name {name:?}");
    error
}

async fn refused_at(path: &Path) -> Error {
    refused(Options::new(path), path).await
}

/// Creates a database with 400 rows on more than a hundred pages, and closes it.
async fn create(path: &Path) {
    let db = Database::open(path).await.expect("opens");
    db.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL);
         CREATE TABLE other (id INTEGER PRIMARY KEY);
         INSERT INTO other VALUES (1), (2), (3);
         INSERT INTO t WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c LIMIT 400)
             SELECT x, printf('%1000d', x) FROM c;",
    )
    .await
    .expect("creates");
    db.close().await.expect("closes");
}

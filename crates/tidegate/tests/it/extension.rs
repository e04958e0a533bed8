//! Loadable extensions: in every connection, by the caller's word only.
#![cfg(unix)]
#![expect(
    unsafe_code,
    reason = "loading foreign code is unsafe, and these tests load some"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use tidegate::{Database, ErrorKind, Options};

/// Adds a line to a file whenever it is loaded.
const SOURCE: &str = r#"
#include <stdio.h>
int sqlite3_probe_init(void *db, char **message, const void *api) {
    FILE *file = fopen(PROBE, "a");
    if (file == NULL) return 1;
    fputs("loaded\n", file);
    fclose(file);
    return 0;
}
int other_entry(void *db, char **message, const void *api) {
    return sqlite3_probe_init(db, message, api);
}
int failing_entry(void *db, char **message, const void *api) {
    return 1;
}
"#;

/// Builds the extension, with the C compiler that building SQLite needs as well.
fn build(dir: &Path) -> (PathBuf, PathBuf) {
    let (source, library) = (dir.join("probe.c"), dir.join("probe.so"));
    let probe = dir.join("probe.log");
    std::fs::write(&source, SOURCE).unwrap();
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg(format!("-DPROBE=\"{}\"", probe.display()))
        .status()
        .unwrap();
    assert!(status.success());
    (library, probe)
}

fn times_loaded(probe: &Path) -> usize {
    std::fs::read_to_string(probe).map_or(0, |log| log.lines().count())
}

fn with_extension(dir: &Path, library: &Path, entry: Option<&str>) -> Options {
    // SAFETY: the library is built from the source above, which keeps no state and calls nothing of SQLite's.
    unsafe {
        Options::new(dir.join("test.db"))
            .readers(1)
            .load_extension(library, entry)
    }
}

#[tokio::test]
async fn every_connection_gets_the_extension() {
    let dir = tempfile::tempdir().unwrap();
    let (library, probe) = build(dir.path());
    for entry in [None, Some("other_entry")] {
        let before = times_loaded(&probe);
        let db = with_extension(dir.path(), &library, entry)
            .open()
            .await
            .unwrap();
        let one: i64 = db.query_scalar("SELECT 1", ()).await.unwrap();
        assert_eq!(one, 1);
        db.integrity_check().await.unwrap();
        // The writer's, the keeper's and a reader's.
        assert_eq!(times_loaded(&probe) - before, 3);
        db.close().await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_loaded_says_so_when_opening() {
    let dir = tempfile::tempdir().unwrap();
    let (library, _) = build(dir.path());
    let missing = dir.path().join("missing.so");
    let cases = [
        (missing.as_path(), None, "missing.so"),
        (&library, Some("no_such_entry"), "no_such_entry"),
        (&library, Some("failing_entry"), "probe.so"),
        (&library, Some(""), "load_extension"),
        (Path::new(""), None, "load_extension"),
    ];
    for (path, entry, named) in cases {
        let error = with_extension(dir.path(), path, entry)
            .open()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[tokio::test]
async fn sql_cannot_load_anything() {
    let dir = tempfile::tempdir().unwrap();
    let (library, probe) = build(dir.path());
    let db = with_extension(dir.path(), &library, None)
        .open()
        .await
        .unwrap();
    let plain = Database::open_in_memory().await.unwrap();
    // Opens the connections first.
    let _: i64 = db.query_scalar("SELECT 1", ()).await.unwrap();
    db.quick_check().await.unwrap();
    let before = times_loaded(&probe);
    for db in [&db, &plain] {
        let path = library.to_str().unwrap().to_owned();
        let loaded = db
            .query_scalar::<Option<i64>>("SELECT load_extension(?)", (path,))
            .await;
        assert!(loaded.unwrap_err().to_string().contains("not authorized"));
    }
    assert_eq!(times_loaded(&probe), before);
}

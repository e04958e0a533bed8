//! Paths that cannot be opened, and paths of strange characters, which can.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use tidegate_testkit::{ChildProcess, child_role};

use super::*;

#[tokio::test]
async fn a_directory_is_refused() {
    let dir = temporary_directory();
    let error = refused_at(dir.path()).await;
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("is a directory"), "{error}");
}

#[tokio::test]
async fn a_missing_directory_is_not_made() {
    let dir = temporary_directory();
    let path = dir.path().join("missing").join("app.db");
    let error = refused_at(&path).await;
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.to_string().contains("directory does not exist"),
        "{error}"
    );
    assert!(!dir.path().join("missing").exists());
}

#[tokio::test]
async fn a_file_in_place_of_the_directory_is_refused() {
    let dir = temporary_directory();
    fs::write(dir.path().join("file"), "").expect("writes");
    let error = refused_at(&dir.path().join("file").join("app.db")).await;
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
}

#[tokio::test]
async fn a_missing_file_is_refused_where_it_may_not_be_created() {
    let dir = temporary_directory();
    let path = dir.path().join("app.db");
    for options in [
        Options::new(&path).create(false),
        Options::new(&path).read_only(true),
    ] {
        let error = refused(options, &path).await;
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("no such file"), "{error}");
    }
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 0);
}

#[tokio::test]
async fn an_empty_path_and_one_too_long_are_refused() {
    let error = Options::new("").open().await.expect_err("is refused");
    assert!(error.to_string().contains("`path` is empty"), "{error}");
    let dir = temporary_directory();
    let path = dir.path().join("x".repeat(300));
    assert_eq!(refused_at(&path).await.kind(), ErrorKind::Io);
}

#[tokio::test]
async fn a_path_with_a_zero_byte_is_refused() {
    let error = Options::new("a\0b.db")
        .open()
        .await
        .expect_err("is refused");
    let text = error.to_string();
    assert!(
        text.contains("path") && text.contains("zero byte"),
        "{text}"
    );
    assert_eq!(error.kind(), ErrorKind::Misuse, "{text}");
}

/// Creates a database of this name, writes through all kinds of connections, and finds it there the next time.
async fn works(dir: &Path, name: &OsStr) {
    let path = dir.join(name);
    create(&path).await;
    let options = Options::new(&path).create(false);
    let db = options.open().await.expect("opens again");
    let rows: i64 = db
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .expect("reads");
    assert_eq!(rows, 400, "{name:?}");
    db.close().await.expect("closes");
}

#[tokio::test]
async fn a_name_may_hold_any_character() {
    let names = [
        "with some spaces.db",
        "déjà vu – 数据库 🦀.db",
        "100%25.db",
        "what?.db",
        "a#fragment.db",
        "app.db?mode=memory&cache=shared",
        "file:app.db",
        "file:app.db?mode=ro",
        ":memory:",
        "'quoted\".db",
        "-wal",
        "back\\slash.db",
        "new\nline.db",
    ];
    let dir = temporary_directory();
    for name in names {
        works(dir.path(), OsStr::new(name)).await;
    }
    works(dir.path(), OsStr::from_bytes(b"not \xff utf-8.db")).await;
    // Every name is taken as it stands, and nothing is left beside it.
    let left = fs::read_dir(dir.path()).expect("lists").count();
    assert_eq!(left, names.len() + 1);
}

const RELATIVE: &str = "bad_files::paths::a_relative_name_may_look_like_a_uri";

/// In a process of its own, whose working directory is a temporary one.
#[test]
fn a_relative_name_may_look_like_a_uri() {
    let dir = temporary_directory();
    if child_role().is_some() {
        return open_relative_names();
    }
    let itself = std::env::current_exe().expect("a path");
    let mut command = Command::new(itself);
    command.current_dir(dir.path());
    let child = ChildProcess::this_test_by(&mut command, RELATIVE, "relative", dir.path());
    let status = child.expect("starts").wait().expect("ends");
    assert!(status.success(), "{status}");
    for name in ["app.db", "file:app.db", "file:app.db?mode=memory"] {
        assert!(dir.path().join(name).exists(), "{name}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn open_relative_names() {
    for name in ["app.db", "file:app.db", "file:app.db?mode=memory"] {
        works(Path::new(""), OsStr::new(name)).await;
    }
}

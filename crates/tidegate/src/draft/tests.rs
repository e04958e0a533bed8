//! A finished file appears whole or not at all.

use std::fs;
use std::path::Path;

use super::{Draft, are_equal, refuse_own};
use crate::error::ErrorKind;

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn nowhere() -> &'static Path {
    Path::new("/nonexistent")
}

#[test]
fn a_published_file_has_its_name_and_nothing_is_left_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let draft = Draft::begin(&dir.path().join("a"), false, nowhere()).unwrap();
    fs::write(draft.path(), "content").unwrap();
    draft.publish().unwrap();
    assert_eq!(names(dir.path()), ["a"]);
    assert_eq!(fs::read(dir.path().join("a")).unwrap(), b"content");
}

#[test]
fn a_dropped_file_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let draft = Draft::begin(&dir.path().join("a"), false, nowhere()).unwrap();
    fs::write(super::beside(draft.path(), "-journal"), "x").unwrap();
    drop(draft);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_name_taken_meanwhile_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("a");
    let draft = Draft::begin(&target, false, nowhere()).unwrap();
    fs::write(&target, "older").unwrap();
    assert_eq!(draft.publish().unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(fs::read(&target).unwrap(), b"older");
    assert_eq!(names(dir.path()), ["a"]);
}

#[test]
fn overwriting_replaces_the_older_file() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("a");
    fs::write(&target, "older").unwrap();
    let refused = Draft::begin(&target, false, nowhere()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Misuse);
    let draft = Draft::begin(&target, true, nowhere()).unwrap();
    fs::write(draft.path(), "newer").unwrap();
    draft.publish().unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"newer");
}

#[test]
fn a_log_of_an_older_file_is_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a-wal"), "frames").unwrap();
    for overwrite in [false, true] {
        let target = dir.path().join("a");
        let refused = Draft::begin(&target, overwrite, nowhere()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Misuse);
        assert!(refused.to_string().contains("a-wal"), "{refused}");
    }
}

#[test]
fn directories_and_missing_directories_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let kind = |path: &Path| Draft::begin(path, true, nowhere()).unwrap_err().kind();
    assert_eq!(kind(dir.path()), ErrorKind::Misuse);
    assert_eq!(kind(Path::new("/")), ErrorKind::Misuse);
    assert_eq!(kind(&dir.path().join("missing/a")), ErrorKind::Io);
}

#[cfg(unix)]
#[test]
fn a_copy_is_as_private_as_its_source() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source");
    fs::write(&source, "").unwrap();
    fs::set_permissions(&source, fs::Permissions::from_mode(0o600)).unwrap();
    let target = dir.path().join("a");
    let draft = Draft::begin(&target, false, &source).unwrap();
    draft.publish().unwrap();
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn the_database_itself_is_known_under_every_name() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("db");
    fs::write(&database, "").unwrap();
    fs::create_dir(dir.path().join("sub")).unwrap();
    std::os::unix::fs::symlink(&database, dir.path().join("symbolic")).unwrap();
    fs::hard_link(&database, dir.path().join("hard")).unwrap();
    for name in [
        "db",
        "sub/../db",
        "symbolic",
        "hard",
        "db-wal",
        "sub/../db-shm",
    ] {
        let refused = refuse_own(&dir.path().join(name), &database);
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Misuse, "{name}");
    }
    refuse_own(&dir.path().join("other"), &database).unwrap();
}

#[test]
fn files_are_compared_by_content() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let long = vec![7; 200_000];
    let mut other = long.clone();
    other[199_999] = 8;
    let (a, b, c) = (write("a", &long), write("b", &long), write("c", &other));
    assert!(are_equal(&a, &b).unwrap());
    assert!(!are_equal(&a, &c).unwrap());
    assert!(!are_equal(&a, &write("d", b"short")).unwrap());
}

//! What is written to a file, and to which files.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may block: nothing else runs on its thread"
)]

use std::time::SystemTime;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;

use super::*;
use crate::failure::FailureKind;

fn message(text: &str) -> Message {
    Message {
        id: "id-1".to_owned(),
        subject: "sub\nject".to_owned(),
        text: text.to_owned(),
        severity: "warning".to_owned(),
        body: String::new(),
        at: SystemTime::UNIX_EPOCH,
    }
}

#[test]
fn a_line_is_json_and_harmless() {
    let text = "\"} \u{1b}[2J\u{9b}\u{7f}\u{202e}\u{2028}\r\n\\u0041";
    let line = line(&message(text));
    let inside = line.strip_suffix('\n').unwrap();
    assert!(!inside.chars().any(escape::is_unsafe), "{inside}");
    let read: Value = serde_json::from_str(inside).unwrap();
    assert_eq!(read["text"], text);
    assert_eq!(read["subject"], "sub\nject");
    assert_eq!(read["at"], "1970-01-01T00:00:00.000000Z");
}

#[test]
fn lines_are_appended_and_a_torn_one_stays_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("alerts");
    append(&path, "one\n".to_owned()).unwrap();
    append(&path, "two\n".to_owned()).unwrap();
    fs::write(&path, "one\ntwo\nthr").unwrap();
    append(&path, "four\n".to_owned()).unwrap();
    append(&path, "five\n".to_owned()).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "one\ntwo\nthr\nfour\nfive\n"
    );
}

#[test]
fn it_is_made_for_its_owner_alone_and_directories_are_not_made() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("alerts");
    append(&path, "one\n".to_owned()).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    let failure = append(&home.path().join("a/b"), "one\n".to_owned()).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Io);
    assert!(!failure.is_permanent());
    assert!(!home.path().join("a").exists());
}

#[test]
fn what_is_not_a_regular_file_is_refused_without_waiting() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let link = home.path().join("link");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for path in [
        pipe.as_path(),
        link.as_path(),
        home.path(),
        Path::new("/dev/null"),
    ] {
        let failure = append(path, "one\n".to_owned()).unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Config, "{failure}");
        assert!(failure.is_permanent());
    }
}

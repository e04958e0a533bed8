//! Tests of limited child processes.

use super::*;
use std::fs;

#[test]
fn a_file_stops_growing_at_the_limit_and_the_child_lives_to_tell() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let path = dir.path().join("grows");
    let write = format!(
        "head -c 5000 /dev/zero > '{}'; echo \"status $?\"",
        path.display()
    );
    let output = file_size("sh", 2048)
        .arg("-c")
        .arg(write)
        .output()
        .expect("runs");
    assert_eq!(fs::metadata(&path).expect("file").len(), 2048);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "status 1\n");
}

#[test]
fn arguments_arrive_unchanged() {
    let output = file_size("printf", 4096)
        .args(["%s|", "a b", "$c", "'d'"])
        .output();
    assert_eq!(output.expect("runs").stdout, b"a b|$c|'d'|");
}

//! Tests of the house rules as a whole: that this repository keeps them, and what is looked at.

use super::check;
use crate::workspace::root;

#[test]
fn the_repository_is_tidy() {
    let complaints = check(&root()).unwrap();
    let complaints: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn all_files_but_the_built_ones_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    for file in [
        "crates/a/src/lib.rs",
        "docs/guide.md",
        "target/debug/build/a.rs",
        "bench/target/a.rs",
        ".git/a.rs",
    ] {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "[a](gone.md)").unwrap();
    }
    let complaints = check(folder.path()).unwrap();
    let paths: Vec<&str> = complaints.iter().map(|c| c.path.as_str()).collect();
    assert_eq!(paths, ["crates/a/src/lib.rs", "docs/guide.md"]);
}

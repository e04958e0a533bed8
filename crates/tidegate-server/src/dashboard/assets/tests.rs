//! Tests of the assets: their size, and that none is missing.

use super::bundle::Bundle;
use super::files::FILES;

/// What all assets together may be, compressed.
const COMPRESSED_BYTES_MAX: usize = 150_000;

#[test]
fn all_assets_together_are_small() {
    let bytes = Bundle::pack().compressed_bytes();
    assert!(bytes < COMPRESSED_BYTES_MAX, "{bytes} bytes");
}

#[test]
fn modules_import_only_modules_that_are_there() {
    for (name, contents) in FILES.iter().filter(|(name, _)| name.starts_with("js/")) {
        let text = std::str::from_utf8(contents).unwrap();
        for line in text.lines() {
            let Some((_, imported)) = line.split_once(" from \"") else {
                continue;
            };
            let imported = imported.trim_end_matches("\";");
            let found = resolve(name, imported);
            let is_there = FILES.iter().any(|(name, _)| *name == found);
            assert!(is_there, "{name} imports {imported}, which is not there");
        }
    }
}

/// No text of a user becomes markup or script.
#[test]
fn modules_build_pages_from_nodes_only() {
    let banned = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ];
    for (name, contents) in FILES.iter().filter(|(name, _)| name.starts_with("js/")) {
        let text = std::str::from_utf8(contents).unwrap();
        for word in banned {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

fn resolve(from: &str, imported: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in imported.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

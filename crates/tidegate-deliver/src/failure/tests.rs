//! What failures say, and what is found within them.

use super::*;

#[derive(Debug)]
struct Marker;

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("marker\x1b")
    }
}

impl StdError for Marker {}

#[test]
fn a_cause_is_found_and_told_through_io_errors() {
    let wrapped = io::Error::other(io::Error::other(Marker));
    assert!(find::<Marker>(&wrapped).is_some());
    assert!(find::<fmt::Error>(&wrapped).is_none());
    let failure = Failure::io("writing", &wrapped).at("file");
    assert_eq!(failure.to_string(), "file: writing: marker\\u{1b}");
    assert_eq!(failure.kind(), FailureKind::Io);
}

#[test]
fn what_a_cause_says_is_cut() {
    let failure = Failure::io("reading", &io::Error::other("x".repeat(10_000)));
    assert!(failure.to_string().chars().count() < MAX_CAUSE_CHARS + 60);
}

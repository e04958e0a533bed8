//! Every kind of seek, in range and out of it.

use std::io::SeekFrom::{self, Current, End, Start};

use super::resolve;

/// In a blob of 100 bytes, at position 40.
fn check(to: SeekFrom, expected: Option<u64>) {
    assert_eq!(resolve(to, 40, 100).ok(), expected, "{to:?}");
}

#[test]
fn positions_are_counted_from_the_start_the_end_and_here() {
    check(Start(0), Some(0));
    check(Start(1_000), Some(1_000));
    check(End(0), Some(100));
    check(End(-100), Some(0));
    check(End(5), Some(105));
    check(Current(0), Some(40));
    check(Current(-40), Some(0));
}

#[test]
fn what_lies_before_the_start_is_refused() {
    check(End(-101), None);
    check(Current(-41), None);
    check(Current(i64::MIN), None);
}

//! Tests of when messages are due.

use std::time::Duration;

use super::{Pace, after};
use crate::notify::route::Route;
use crate::timestamp::Timestamp;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).expect("a time")
}

#[test]
fn changes_keep_their_distance() {
    let route = Route::new("r", [""; 0]);
    let (pace, escalation) = (Pace::of(&route), Pace::of_escalation(&route));
    for (now, flushed_at, expected) in [
        (1_000, None, 1_030),
        (1_000, Some(1_000), 1_300),
        (1_000, Some(900), 1_200),
        (1_000, Some(100), 1_000),
        // By a clock that was ahead.
        (1_000, Some(9_000), 1_300),
    ] {
        assert_eq!(
            pace.change(at(now), flushed_at.map(at)),
            at(expected),
            "{now} {flushed_at:?}"
        );
    }
    assert_eq!(escalation.change(at(1_000), None), at(1_000));
    assert_eq!(escalation.change(at(1_000), Some(at(1_000))), at(1_300));
}

#[test]
fn failures_are_followed_ever_later() {
    let pace = Pace::of(&Route::new("r", [""; 0]));
    for (failures, minutes) in [
        (0, 5),
        (1, 5),
        (2, 10),
        (3, 20),
        (6, 160),
        (7, 240),
        (100, 240),
        (u32::MAX, 240),
    ] {
        assert_eq!(
            pace.failure(at(0), failures),
            at(minutes * 60),
            "{failures}"
        );
    }
}

#[test]
fn nothing_is_later_than_its_interval_from_now() {
    let hour = Duration::from_secs(3_600);
    assert_eq!(after(at(10), at(5), hour), at(3_605));
    assert_eq!(after(at(10), at(99_999), hour), at(3_610));
    assert_eq!(after(at(10), at(5), Duration::MAX), Timestamp::MAX);
}

//! Tests of what is to go.

use std::time::Duration;

use super::{Oldest, Retention, surplus};
use crate::error::ErrorKind;
use crate::events::state::State;
use crate::timestamp::Timestamp;

const NOW: i64 = 10_000_000_000;
const AGE: i64 = 1_000_000_000;

/// Events of the given ages (in seconds, negative ahead of now), each of ten bytes, of which so many and so many bytes may
/// stay. Looks at the first `looked`.
fn check(ages: &[i64], looked: usize, events: u64, bytes: u64, expected: usize) {
    let at = |age: &i64| Timestamp::from_micros(NOW - age * 1_000_000).expect("a moment");
    let oldest: Vec<Oldest> = (1..)
        .zip(ages)
        .map(|(seq, age)| Oldest {
            seq,
            at: at(age),
            bytes: 10,
        })
        .take(looked)
        .collect();
    let count = u64::try_from(ages.len()).expect("few");
    let state = State {
        last_seq: count,
        removed_seq: 0,
        bytes: count * 10,
        keep_age: AGE,
        keep_events: events,
        keep_bytes: bytes,
    };
    let now = Timestamp::from_micros(NOW).expect("a moment");
    assert_eq!(surplus(&state, now, &oldest), expected, "{ages:?}");
}

#[test]
fn age_goes_by_the_order_of_recording() {
    check(&[], 10, 100, 1_000, 0);
    check(&[1_001, 1_001, 999, 1_001], 10, 100, 1_000, 2);
    check(&[1_000], 10, 100, 1_000, 0);
    check(&[1_001, 1_001, 1_001], 2, 100, 1_000, 2);
}

#[test]
fn a_clock_that_was_ahead_blocks_nothing() {
    check(&[-99_999, 1_001, -99_999, 5], 10, 100, 1_000, 2);
    check(&[-99_999, -99_999], 10, 100, 1_000, 0);
    check(&[-99_999, 5, 1_001], 10, 100, 1_000, 0);
}

#[test]
fn count_and_size_take_the_first() {
    check(&[1, 1, 1, 1], 10, 3, 1_000, 1);
    check(&[1, 1, 1, 1], 10, 100, 39, 1);
    check(&[1, 1, 1, 1], 10, 100, 30, 1);
    check(&[1, 1, 1, 1], 10, 100, 1, 4);
    check(&[1, 1, 1, 1], 2, 1, 1_000, 2);
    check(&[1, 1, 1, 1], 10, 4, 40, 0);
}

#[test]
fn settings_are_checked() {
    let check = |age, events, bytes| {
        let retention = Retention::new(Duration::from_secs(age), events, bytes);
        retention
            .map(|_| ())
            .map_err(|error| (error.field().map(str::to_owned), error.kind()))
    };
    let refused = |field: &str, kind| Err((Some(field.to_owned()), kind));
    assert_eq!(check(1, 1, 1), Ok(()));
    assert_eq!(check(0, 1, 1), refused("age", ErrorKind::InvalidInput));
    assert_eq!(check(1, 0, 1), refused("events", ErrorKind::InvalidInput));
    assert_eq!(check(1, 1, 0), refused("bytes", ErrorKind::InvalidInput));
    assert_eq!(check(u64::MAX, 1, 1), refused("age", ErrorKind::Limit));
    assert_eq!(check(1, u64::MAX, 1), refused("events", ErrorKind::Limit));
    assert_eq!(check(1, 1, u64::MAX), refused("bytes", ErrorKind::Limit));
}

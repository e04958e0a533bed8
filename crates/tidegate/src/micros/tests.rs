//! Tests of times as microseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{from_time, to_time};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Event {
    #[serde(with = "super")]
    at: SystemTime,
    #[serde(default, with = "super::option")]
    seen: Option<SystemTime>,
}

#[track_caller]
fn check(json: &str, at: SystemTime, seen: Option<SystemTime>) {
    let event: Event = serde_json::from_str(json).unwrap();
    assert_eq!(event, Event { at, seen });
    assert_eq!(
        serde_json::from_str::<Event>(&serde_json::to_string(&event).unwrap()).unwrap(),
        event
    );
}

#[test]
fn fields_are_read_and_written() {
    let second = Duration::from_secs(1);
    check(r#"{"at": 1000000}"#, UNIX_EPOCH + second, None);
    check(
        r#"{"at": -1000000, "seen": null}"#,
        UNIX_EPOCH - second,
        None,
    );
    check(
        r#"{"at": 0, "seen": 1}"#,
        UNIX_EPOCH,
        Some(UNIX_EPOCH + Duration::from_micros(1)),
    );
    assert!(serde_json::from_str::<Event>(r#"{"at": "now"}"#).is_err());
}

#[test]
fn what_is_finer_is_cut_off_towards_the_past() {
    assert_eq!(from_time(UNIX_EPOCH + Duration::from_nanos(1_999)), Some(1));
    assert_eq!(from_time(UNIX_EPOCH - Duration::from_nanos(1)), Some(-1));
    assert_eq!(
        from_time(UNIX_EPOCH - Duration::from_nanos(1_001)),
        Some(-2)
    );
}

#[test]
fn a_time_beyond_64_bits_is_none() {
    let far = UNIX_EPOCH.checked_add(Duration::from_secs(u64::MAX / 4));
    assert_eq!(far.and_then(from_time), None);
}

proptest! {
    #[test]
    fn microseconds_survive(micros in any::<i64>()) {
        if let Some(time) = to_time(micros) {
            prop_assert_eq!(from_time(time), Some(micros));
        }
    }
}

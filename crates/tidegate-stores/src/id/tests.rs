//! Tests of ids.

use std::collections::HashSet;

use super::Id;
use crate::timestamp::Timestamp;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("a moment")
}

#[test]
fn ids_are_uuids_of_version_7() {
    let id = Id::new(at(1_772_366_400_123_456));
    let uuid = uuid::Uuid::parse_str(&id.to_string()).expect("a UUID");
    assert_eq!(
        (uuid.get_version_num(), uuid.get_variant()),
        (7, uuid::Variant::RFC4122)
    );
    let (seconds, nanos) = uuid.get_timestamp().expect("a time").to_unix();
    assert_eq!((seconds, nanos / 1_000_000), (1_772_366_400, 123));
}

#[test]
fn ids_sort_by_microsecond_as_bytes_and_as_text() {
    let start = 1_772_366_400_000_000;
    let ids: Vec<Id> = (0..3_000).map(|step| Id::new(at(start + step))).collect();
    assert!(ids.is_sorted_by(|a, b| a < b));
    assert!(ids.is_sorted_by_key(ToString::to_string));
    assert!(ids.is_sorted_by_key(|id| *id.as_bytes()));
}

#[test]
fn ids_of_one_moment_differ() {
    let ids: HashSet<Id> = (0..10_000).map(|_| Id::new(Timestamp::MIN)).collect();
    assert_eq!(ids.len(), 10_000);
    let _ = Id::new(Timestamp::MAX);
}

#[test]
fn text_is_read_back_or_refused() {
    let id = Id::new(at(5));
    assert_eq!(Id::parse(&id.to_string()).expect("its own text"), id);
    let refused = Id::parse("12\n34").expect_err("no UUID");
    assert_eq!(refused.to_string(), "id: `12\\n34` is no UUID");
}

//! Tests of slots.

use std::collections::HashMap;

use super::{Minutes, count, of_minute};

#[test]
fn the_denser_the_shorter() {
    for (series, before, expected) in [
        (1, None, 1),
        (256, Some(u64::MAX), 1),
        (257, None, 60),
        (1_000, Some(0), 1),
        (1_000, Some(12_999), 1),
        (1_000, Some(13_000), 6),
        (1_000, Some(121_000), 60),
        (0, Some(5), 1),
    ] {
        assert_eq!(
            count(series, before),
            expected,
            "{series} series, {before:?}"
        );
    }
}

#[test]
fn each_moment_has_one_of_the_slots_of_its_minute() {
    for count in [1, 6, 60] {
        let minutes = Minutes {
            slots: HashMap::from([(7, count)]),
        };
        let slots: Vec<i64> = of_minute(7, count).collect();
        let mut seen: Vec<i64> = (0..60_000)
            .map(|milli| minutes.slot(7, 7 * 60_000_000 + milli * 1_000))
            .collect();
        assert!(seen.is_sorted());
        seen.dedup();
        assert_eq!(seen, slots);
        assert_eq!(slots.first(), Some(&420));
    }
}

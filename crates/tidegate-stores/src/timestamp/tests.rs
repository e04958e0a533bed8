//! Tests of moments.

use std::time::Duration;

use proptest::prelude::*;

use super::Timestamp;

fn check(text: &str, micros: i64, canonical: &str) {
    let parsed = Timestamp::parse(text).expect(text);
    assert_eq!(
        (parsed.as_micros(), parsed.to_string().as_str()),
        (micros, canonical)
    );
}

fn refused(text: &str) -> String {
    Timestamp::parse(text).expect_err(text).to_string()
}

#[test]
fn rfc_3339_is_read_and_written() {
    check("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z");
    check(
        "1970-01-01T01:00:00.000001+01:00",
        1,
        "1970-01-01T00:00:00.000001Z",
    );
    check(
        "1970-01-01t00:00:00.0000019z",
        1,
        "1970-01-01T00:00:00.000001Z",
    );
    check(
        "2026-03-01T12:00:00-00:30",
        1_772_368_200_000_000,
        "2026-03-01T12:30:00Z",
    );
    check(
        "9999-12-30T22:00:00.999999Z",
        253_402_207_200_999_999,
        "9999-12-30T22:00:00.999999Z",
    );
}

#[test]
fn other_text_is_refused_and_shown() {
    assert_eq!(
        refused("soon"),
        "time: `soon` is no time such as 2026-03-01T12:00:00Z"
    );
    for text in [
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-02-30T00:00:00Z",
        "2026-03-01T25:00:00Z",
    ] {
        assert!(refused(text).starts_with("time: `"), "{text}");
    }
    assert!(refused("1969-12-31T23:59:59Z").starts_with("time: must lie between 1970 and 9999"));
}

#[test]
fn arithmetic_stays_in_range() {
    let second = Duration::from_secs(1);
    assert_eq!(Timestamp::MIN.saturating_sub(second), Timestamp::MIN);
    assert_eq!(Timestamp::MAX.saturating_add(Duration::MAX), Timestamp::MAX);
    assert_eq!(
        Timestamp::MIN.saturating_since(Timestamp::MAX),
        Duration::ZERO
    );
    assert_eq!(
        Timestamp::MIN
            .saturating_add(second)
            .saturating_since(Timestamp::MIN),
        second
    );
    for outside in [-1, Timestamp::MAX.as_micros() + 1, i64::MIN, i64::MAX] {
        assert!(Timestamp::from_micros(outside).is_err());
    }
    assert!(Timestamp::from_millis(i64::MAX).is_err());
    assert_eq!(
        Timestamp::from_millis(7).map(Timestamp::as_micros).ok(),
        Some(7_000)
    );
}

#[test]
fn the_limits_have_a_text() {
    assert_eq!(Timestamp::MIN.to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(Timestamp::MAX.to_string(), "9999-12-30T22:00:00.999999Z");
}

proptest! {
    #[test]
    fn text_and_number_agree(micros in 0..=253_402_207_200_999_999_i64) {
        let time = Timestamp::from_micros(micros).expect("in range");
        prop_assert_eq!(Timestamp::parse(&time.to_string()).expect("its own text"), time);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}") {
        let _ = Timestamp::parse(&text);
    }
}

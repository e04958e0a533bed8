//! Tests of figures for people.

use super::*;

#[test]
fn counts_are_grouped() {
    for (number, shown) in [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (1_234_567, "1,234,567"),
    ] {
        assert_eq!(count(number), shown);
    }
}

#[test]
fn sizes_have_units() {
    for (size, shown) in [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (5 << 30, "5.0 GiB"),
    ] {
        assert_eq!(bytes(size), shown);
    }
}

#[test]
fn durations_have_units() {
    for (micros, shown) in [
        (900, "900 µs"),
        (5, "5.0 µs"),
        (1_500, "1.5 ms"),
        (250_000, "250 ms"),
        (2_500_000, "2.50 s"),
    ] {
        assert_eq!(duration(Duration::from_micros(micros)), shown);
    }
}

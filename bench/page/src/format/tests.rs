//! Tests of writing numbers.

use super::{count, duration, memory};

#[test]
fn durations_have_the_unit_that_fits() {
    for (nanoseconds, text) in [
        (740.0, "740 ns"),
        (7_400.0, "7.40 µs"),
        (74_000.0, "74.0 µs"),
        (1.5e6, "1.50 ms"),
        (2.34e9, "2.34 s"),
    ] {
        assert_eq!(duration(nanoseconds), text);
    }
}

#[test]
fn counts_are_grouped() {
    for (value, text) in [
        (1.0, "1.00"),
        (31.44, "31.4"),
        (999.4, "999"),
        (1234.5, "1,235"),
        (1_234_567.0, "1,234,567"),
    ] {
        assert_eq!(count(value), text);
    }
}

#[test]
fn memory_is_in_mib() {
    assert_eq!(memory(10_240.0), "10.0 MiB");
}

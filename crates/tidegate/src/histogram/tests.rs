//! Percentiles against exact ones, and the edges of the buckets.

use proptest::prelude::*;

use super::*;

fn summary_of(values: &[u64]) -> Summary {
    let histogram = Histogram::new();
    values.iter().for_each(|&value| histogram.record(value));
    let mut tally = Tally::new();
    tally.add(&histogram);
    tally.summary(1.0)
}

fn exact(sorted: &[u64], quantile: f64) -> u64 {
    let rank = (quantile * sorted.len() as f64).ceil() as usize;
    sorted[rank.max(1) - 1]
}

fn within_bound(answer: f64, exact: u64) -> bool {
    (answer - exact as f64).abs() <= exact as f64 / 32.0
}

/// Values of every magnitude, not only huge ones.
fn any_magnitude() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0_u32..64).prop_map(|(value, shift)| value >> shift)
}

#[test]
fn nothing_recorded_is_all_zero() {
    assert_eq!(summary_of(&[]), Summary::default());
}

#[test]
fn small_values_are_exact() {
    let summary = summary_of(&(1..=15).collect::<Vec<_>>());
    assert_eq!((summary.count, summary.mean, summary.max), (15, 8.0, 15.0));
    assert_eq!((summary.p50, summary.p95, summary.p99), (8.0, 15.0, 15.0));
}

#[test]
fn one_value_is_every_percentile() {
    for value in [0, 1, 15, 16, 17, 1_000, 1_000_000_007, u64::MAX] {
        let summary = summary_of(&[value]);
        assert_eq!(summary.max, value as f64);
        for answer in [summary.p50, summary.p95, summary.p99] {
            assert!(within_bound(answer, value), "{answer} for {value}");
        }
    }
}

#[test]
fn buckets_are_contiguous_and_cover_the_range() {
    assert_eq!(bucket_of(0), 0);
    assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    for bucket in 0..BUCKETS {
        assert_eq!(bucket_of(middle_of(bucket)), bucket, "middle of {bucket}");
    }
    for power in 1..64 {
        let edge = 1_u64 << power;
        assert_eq!(bucket_of(edge), bucket_of(edge - 1) + 1, "at 2^{power}");
    }
}

#[test]
fn tallies_add_up() {
    let (one, two) = (Histogram::new(), Histogram::new());
    (0..90).for_each(|_| one.record(10));
    (0..10).for_each(|_| two.record(1_000));
    let mut tally = Tally::new();
    tally.add(&one);
    tally.add(&two);
    let summary = tally.summary(1.0);
    assert_eq!(
        (summary.count, summary.max, summary.mean),
        (100, 1_000.0, 109.0)
    );
    assert_eq!(summary.p50, 10.0);
    assert!(within_bound(summary.p95, 1_000));
}

#[test]
fn the_unit_divides_every_figure() {
    let histogram = Histogram::new();
    histogram.record(5_000);
    let mut tally = Tally::new();
    tally.add(&histogram);
    let summary = tally.summary(1_000.0);
    assert_eq!((summary.count, summary.max, summary.mean), (1, 5.0, 5.0));
}

#[test]
fn clear_forgets() {
    let histogram = Histogram::new();
    histogram.record(7);
    histogram.clear();
    let mut tally = Tally::new();
    tally.add(&histogram);
    assert_eq!(tally.summary(1.0), Summary::default());
}

proptest! {
    #[test]
    fn percentiles_stay_within_one_thirty_second(mut values in prop::collection::vec(any_magnitude(), 1..400)) {
        let summary = summary_of(&values);
        values.sort_unstable();
        for (answer, quantile) in [(summary.p50, 0.50), (summary.p95, 0.95), (summary.p99, 0.99)] {
            let exact = exact(&values, quantile);
            prop_assert!(within_bound(answer, exact), "{answer} for {exact} at {quantile}");
        }
        prop_assert!(summary.p50 <= summary.p95 && summary.p95 <= summary.p99 && summary.p99 <= summary.max);
        prop_assert_eq!(summary.max, *values.last().unwrap() as f64);
        prop_assert_eq!(summary.count, values.len() as u64);
    }

    #[test]
    fn a_larger_value_never_has_a_lower_bucket(a in any_magnitude(), b in any_magnitude()) {
        prop_assert_eq!(a.cmp(&b).is_le() || bucket_of(a) >= bucket_of(b), true);
        let middle = middle_of(bucket_of(a));
        prop_assert!(middle.abs_diff(a) <= a / 32, "{} for {}", middle, a);
    }
}

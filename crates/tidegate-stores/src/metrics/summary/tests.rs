//! Tests of summaries.

use proptest::prelude::*;

use super::Summary;

fn of(samples: &[(i64, f64)]) -> Summary {
    let (first, rest) = samples.split_first().expect("some samples");
    let mut summary = Summary::of(first.0, first.1);
    rest.iter()
        .for_each(|(at, value)| summary.push(*at, *value));
    summary
}

/// `(seconds, value)` in a window of `0..60` seconds.
fn rate(samples: &[(i64, f64)]) -> Option<f64> {
    let micros: Vec<(i64, f64)> = samples
        .iter()
        .map(|(at, value)| (at * 1_000_000, *value))
        .collect();
    of(&micros).rate(0, 60_000_000)
}

#[test]
fn figures_of_a_few_values() {
    let summary = of(&[
        (1, 2.0),
        (2, 4.0),
        (3, 4.0),
        (4, 4.0),
        (5, 5.0),
        (6, 5.0),
        (7, 7.0),
        (8, 9.0),
    ]);
    assert_eq!(
        (
            summary.count,
            summary.min,
            summary.max,
            summary.sum,
            summary.mean()
        ),
        (8, 2.0, 9.0, 40.0, 5.0)
    );
    let deviation = summary.standard_deviation().expect("several values");
    assert!((deviation - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
    assert_eq!(Summary::of(1, 3.0).standard_deviation(), None);
}

#[test]
fn the_spread_keeps_its_digits_far_from_zero() {
    let summary = of(&[
        (1, 1e9 + 4.0),
        (2, 1e9 + 7.0),
        (3, 1e9 + 13.0),
        (4, 1e9 + 16.0),
    ]);
    assert!((summary.standard_deviation().expect("several") - 30.0_f64.sqrt()).abs() < 1e-6);
}

#[test]
fn huge_values_stay_numbers() {
    let summary = of(&[(1, f64::MAX), (2, f64::MIN), (3, f64::MAX), (4, f64::MAX)]);
    let figures = [summary.sum, summary.m2, summary.mean(), summary.drops];
    assert!(
        figures.iter().all(|figure| figure.is_finite()),
        "{summary:?}"
    );
    assert!(summary.standard_deviation().is_some_and(f64::is_finite));
    assert!(summary.rate(0, 10).is_some_and(f64::is_finite));
}

/// The expected figures are those of Prometheus' `rate` by hand.
#[test]
fn rates_are_those_of_prometheus() {
    // Every 15 s from edge to edge: 60 in 60 s.
    assert_eq!(
        rate(&[(0, 0.0), (15, 15.0), (30, 30.0), (45, 45.0), (60, 60.0)]),
        Some(1.0)
    );
    // The gaps at the edges are short enough to go on through them: 30 in 30 s, stretched to 60 s.
    assert_eq!(rate(&[(15, 115.0), (30, 130.0), (45, 145.0)]), Some(1.0));
    // Too long a gap counts half of the usual one: 10 in 10 s, stretched to 20 s, over 60 s.
    assert_eq!(rate(&[(25, 1010.0), (35, 1020.0)]), Some(20.0 / 60.0));
    // A counter that began at zero 5 s before cannot go on further back.
    assert_eq!(
        rate(&[(15, 5.0), (30, 20.0), (45, 35.0)]),
        Some(30.0 * (50.0 / 30.0) / 60.0)
    );
    // It begins anew at 30 s: 15 + 5 + 15.
    assert_eq!(
        rate(&[(0, 100.0), (15, 115.0), (30, 5.0), (60, 20.0)]),
        Some(35.0 / 60.0)
    );
    assert_eq!(rate(&[(30, 5.0)]), None);
    assert_eq!(rate(&[(0, 5.0), (60, 5.0)]), Some(0.0));
}

fn samples() -> impl Strategy<Value = Vec<(i64, f64)>> {
    prop::collection::vec(-1e6..1e6_f64, 1..40).prop_map(|values| (1..).zip(values).collect())
}

proptest! {
    #[test]
    fn parts_make_the_whole(samples in samples(), cut in any::<prop::sample::Index>()) {
        let whole = of(&samples);
        let (one, two) = samples.split_at(cut.index(samples.len()));
        prop_assume!(!one.is_empty() && !two.is_empty());
        let mut merged = of(one);
        merged.merge(&of(two));
        prop_assert!((whole.m2 - merged.m2).abs() <= 1e-9 * whole.m2.abs().max(1.0));
        prop_assert!((whole.sum - merged.sum).abs() <= 1e-6);
        prop_assert!((whole.drops - merged.drops).abs() <= 1e-6);
        let rest = |s: &Summary| (s.count, s.min, s.max, s.first_at, s.first, s.last_at, s.last);
        prop_assert_eq!(rest(&whole), rest(&merged));
    }

    #[test]
    fn figures_agree_with_the_plain_formulas(samples in samples()) {
        let summary = of(&samples);
        let values: Vec<f64> = samples.iter().map(|sample| sample.1).collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let m2: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        prop_assert!((summary.mean() - mean).abs() < 1e-6);
        prop_assert!((summary.m2 - m2).abs() <= 1e-9 * m2.max(1.0));
        let drops: f64 = values.windows(2).filter(|pair| pair[1] < pair[0]).map(|pair| pair[0]).sum();
        prop_assert!((summary.drops - drops).abs() < 1e-6);
    }
}

//! Tests of percentiles.

use super::{EXACT_VALUES_MAX, Quantiles};
use crate::metrics::sketch::Sketch;

fn check(values: &[f64], quantile: f64, expected: Option<f64>) {
    let mut quantiles = Quantiles::default();
    values.iter().for_each(|value| quantiles.push(*value));
    quantiles.sort();
    let count = u64::try_from(values.len()).expect("few");
    assert_eq!(
        quantiles.at(quantile, count),
        expected,
        "{quantile} of {values:?}"
    );
}

#[test]
fn percentiles_lie_between_their_neighbours() {
    check(&[], 0.5, None);
    check(&[7.0], 0.99, Some(7.0));
    check(&[4.0, 1.0, 2.0, 3.0], 0.5, Some(2.5));
    check(&[4.0, 1.0, 2.0, 3.0], 0.0, Some(1.0));
    check(&[4.0, 1.0, 2.0, 3.0], 1.0, Some(4.0));
    check(&[0.0, 10.0], 0.25, Some(2.5));
    check(&[f64::MIN, f64::MAX], 0.5, Some(0.0));
}

#[test]
fn too_many_values_are_estimated() {
    let mut quantiles = Quantiles::default();
    (0..EXACT_VALUES_MAX).for_each(|_| quantiles.push(1.0));
    assert!(quantiles.is_exact());
    quantiles.push(100.0);
    assert!(!quantiles.is_exact());
    let count = u64::try_from(EXACT_VALUES_MAX + 1).expect("few");
    assert!(
        quantiles
            .at(1.0, count)
            .is_some_and(|top| (99.0..101.0).contains(&top))
    );
}

#[test]
fn what_comes_from_a_rollup_is_estimated() {
    let mut quantiles = Quantiles::default();
    quantiles.push(1.0);
    let mut sketch = Sketch::default();
    sketch.push(3.0);
    quantiles.merge(&sketch);
    assert!(!quantiles.is_exact());
    assert!(
        quantiles
            .at(0.5, 2)
            .is_some_and(|middle| (middle - 2.0).abs() < 0.02)
    );
    assert_eq!(
        quantiles.at(0.5, 9),
        None,
        "counts that do not fit are no panic"
    );
}

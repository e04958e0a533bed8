//! Tests of medians.

use super::{median, range};

#[test]
fn the_median_is_the_middle_or_between_the_two_middles() {
    assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
    assert!(median([]).is_nan());
}

#[test]
fn the_range_is_from_the_least_to_the_most() {
    assert_eq!(range([3.0, 1.0, 2.0].into_iter()), (1.0, 3.0));
}

//! Tests of sketches.

use proptest::prelude::*;

use super::{PERCENTILE_RELATIVE_ERROR, Sketch, key, middle};

fn of(values: &[f64]) -> Sketch {
    let mut sketch = Sketch::default();
    values.iter().for_each(|value| sketch.push(*value));
    sketch
}

fn is_close(estimate: f64, exact: f64) -> bool {
    (estimate - exact).abs() <= exact.abs() * PERCENTILE_RELATIVE_ERROR + f64::MIN_POSITIVE
}

#[test]
fn every_number_has_a_bucket_close_to_it() {
    let small = [0.0, -0.0, f64::MIN_POSITIVE / 2.0, -5e-324];
    assert!(
        small
            .iter()
            .all(|value| key(*value) == 0 && middle(0) == 0.0)
    );
    for value in [
        1.0,
        1.5,
        2.0,
        1.999_999,
        1e-300,
        1e300,
        f64::MAX,
        f64::MIN_POSITIVE,
        0.1,
    ] {
        assert!(is_close(middle(key(value)), value), "{value}");
        assert_eq!(middle(key(-value)), -middle(key(value)));
    }
}

#[test]
fn ranks_count_from_the_smallest() {
    let sketch = of(&[3.0, -3.0, 0.0, 3.0]);
    let at = |rank| sketch.at_rank(rank).map(|value| value.round());
    assert_eq!(
        [at(0), at(1), at(2), at(3), at(4)],
        [Some(-3.0), Some(0.0), Some(3.0), Some(3.0), None]
    );
    assert_eq!(Sketch::default().at_rank(0), None);
}

#[test]
fn bytes_that_are_no_sketch_are_known() {
    for bytes in [
        &[][..],
        &[2],
        &[1, 0x80],
        &[1, 2],
        &[1; 2],
        &[
            1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1,
        ],
    ] {
        assert_eq!(Sketch::from_bytes(bytes), None, "{bytes:?}");
    }
    assert_eq!(Sketch::from_bytes(&[1]), Some(Sketch::default()));
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    let any = prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL;
    prop::collection::vec(prop_oneof![any, -1e4..1e4_f64], 1..60)
}

proptest! {
    #[test]
    fn every_rank_is_close_to_the_exact_one(values in values()) {
        let sketch = of(&values);
        let mut sorted = values;
        sorted.sort_unstable_by(f64::total_cmp);
        for (rank, exact) in (0_u64..).zip(&sorted) {
            let estimate = sketch.at_rank(rank).expect("a value");
            prop_assert!(is_close(estimate, *exact), "rank {rank}: {estimate} for {exact}");
        }
    }

    #[test]
    fn merging_is_the_same_as_pushing_all(one in values(), two in values()) {
        let mut merged = of(&one);
        merged.merge(&of(&two));
        prop_assert_eq!(merged, of(&[one, two].concat()));
    }

    #[test]
    fn bytes_lead_back(values in values()) {
        let sketch = of(&values);
        prop_assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = Sketch::from_bytes(&bytes);
    }
}

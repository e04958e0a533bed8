//! Tests of aggregates.

use super::{Aggregate, Fold};
use crate::metrics::scan::Piece;

const SECOND: i64 = 1_000_000;

fn check(aggregate: Aggregate, samples: &[(i64, f64)], expected: Option<f64>) {
    let mut fold = Fold::new(aggregate == Aggregate::P95);
    for (at, value) in samples {
        fold.take(&Piece::Sample {
            at: at * SECOND,
            value: *value,
        });
    }
    assert_eq!(
        fold.value(aggregate, 0, 60 * SECOND),
        expected,
        "{aggregate}"
    );
}

#[test]
fn each_gives_its_number() {
    let samples = [(0, 4.0), (30, 1.0), (60, 3.0)];
    check(Aggregate::Avg, &samples, Some(8.0 / 3.0));
    check(Aggregate::Min, &samples, Some(1.0));
    check(Aggregate::Max, &samples, Some(4.0));
    check(Aggregate::Sum, &samples, Some(8.0));
    check(Aggregate::Count, &samples, Some(3.0));
    check(Aggregate::Last, &samples, Some(3.0));
    check(Aggregate::P95, &samples, Some(3.9));
    check(Aggregate::Rate, &samples, Some(3.0 / 60.0));
}

#[test]
fn nothing_has_no_number_and_one_sample_no_rate() {
    for aggregate in Aggregate::ALL {
        check(*aggregate, &[], None);
    }
    check(Aggregate::Rate, &[(5, 1.0)], None);
    check(Aggregate::P95, &[(5, 1.0)], Some(1.0));
}

#[test]
fn names_are_read() {
    for aggregate in Aggregate::ALL {
        assert_eq!(
            aggregate
                .to_string()
                .parse::<Aggregate>()
                .expect("its name"),
            *aggregate
        );
    }
    let error = "mean".parse::<Aggregate>().expect_err("no name");
    assert_eq!(
        error.to_string(),
        "aggregate: `mean` is none of avg, min, max, sum, count, last, p95, rate"
    );
}

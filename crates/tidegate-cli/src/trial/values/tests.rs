//! Tests of the notation.

use super::*;

#[track_caller]
fn check(text: &str, expected: &[Option<f64>]) {
    assert_eq!(read(text).unwrap(), expected, "{text}");
}

#[test]
fn values_runs_and_gaps() {
    check("", &[]);
    check("7 -2.5", &[Some(7.0), Some(-2.5)]);
    check("7x2", &[Some(7.0); 3]);
    check("0+10x3", &[0.0, 10.0, 20.0, 30.0].map(Some));
    check("9-2x2", &[9.0, 7.0, 5.0].map(Some));
    check("-1-1x1", &[-1.0, -2.0].map(Some));
    check("1e-3+1e-3x1", &[0.001, 0.002].map(Some));
    check("_ 1 _x2 2", &[None, Some(1.0), None, None, Some(2.0)]);
}

#[test]
fn what_is_no_value() {
    for text in [
        "x", "1x", "x3", "1+2", "NaN", "inf", "1+infx2", "1xx2", "_x0", "1x-1", "--1",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    let many = read("1x18446744073709551615").unwrap_err();
    assert!(many.to_string().contains("at most"), "{many}");
}

//! Comparisons as they are written.

use super::Comparison;

#[test]
fn each_holds_below_at_or_above_its_threshold() {
    for (written, expected) in [
        (">", [false, false, true]),
        (">=", [false, true, true]),
        ("<", [true, false, false]),
        ("<=", [true, true, false]),
        ("==", [false, true, false]),
        ("!=", [true, false, true]),
    ] {
        let comparison: Comparison = written.parse().unwrap();
        assert_eq!(
            [1.0, 2.0, 3.0].map(|value| comparison.holds(value, 2.0)),
            expected,
            "{written}"
        );
        assert_eq!(comparison.to_string(), written);
    }
    let error = "=>".parse::<Comparison>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "operator: `=>` is none of >, >=, <, <=, ==, !="
    );
}

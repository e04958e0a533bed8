//! Tests of the grades.

use super::*;

#[test]
fn each_grade_begins_at_its_share_and_mean() {
    let cases = [
        (0, 0, 0, Grade::NoData),
        (100, 95, 50, Grade::Excellent),
        (100, 94, 50, Grade::Good),
        (100, 95, 51, Grade::Good),
        (100, 85, 100, Grade::Good),
        (100, 84, 100, Grade::Acceptable),
        (100, 100, 101, Grade::Acceptable),
        (100, 70, 200, Grade::Acceptable),
        (100, 69, 1, Grade::NeedsOptimization),
        (100, 100, 201, Grade::NeedsOptimization),
    ];
    for (total, under, mean_ms, grade) in cases {
        let found = Grade::of(total, under, Duration::from_millis(mean_ms));
        assert_eq!(found, grade, "{under} of {total}, {mean_ms} ms");
    }
}

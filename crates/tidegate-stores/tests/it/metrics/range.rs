//! Charts.

use std::time::Duration;

use tidegate_stores::Window;
use tidegate_stores::metrics::{self, Aggregate, Range, Resolution};
use tidegate_stores::{Error, Result, Timestamp};

use super::{record_each_second, retain, roll_up, selector, series};
use crate::support::{TestDb, at, open};

fn chart(db: &TestDb, from: i64, to: i64, step: u64, aggregate: Aggregate) -> Result<Range> {
    let window = Window::between(at(from), at(to))?;
    let selector = selector("load");
    let step = Duration::from_secs(step);
    let answer = db.read(move |tx| Ok(metrics::range(tx, &selector, window, step, aggregate)?));
    answer.map_err(Error::from)
}

fn points(range: &Range, line: usize) -> Vec<(Timestamp, f64)> {
    range.lines[line]
        .points
        .iter()
        .map(|point| (point.at, point.value))
        .collect()
}

#[test]
fn each_step_has_a_point_at_a_whole_multiple_of_its_length() {
    let db = open();
    record_each_second(
        &db,
        &series("load", 1),
        0,
        &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    );
    record_each_second(&db, &series("load", 2), 6, &[9.0]);
    let range = chart(&db, 2, 60, 3, Aggregate::Max).unwrap();
    assert_eq!(
        points(&range, 0),
        [(at(0), 3.0), (at(3), 6.0), (at(6), 7.0)],
        "the first step reaches back before the window"
    );
    assert_eq!(points(&range, 1), [(at(6), 9.0)]);
    let range = chart(&db, 3, 60, 3, Aggregate::Sum).unwrap();
    assert_eq!(points(&range, 0), [(at(3), 15.0), (at(6), 7.0)]);
    assert_eq!(range.resolution, Resolution::Sample);
}

#[test]
fn rollups_are_taken_where_the_step_allows_it_and_where_nothing_else_is_left() {
    let db = open();
    let values: Vec<f64> = (0..7_200).map(f64::from).collect();
    record_each_second(&db, &series("load", 1), 0, &values);
    let before = chart(&db, 0, 7_200, 60, Aggregate::Avg).unwrap();
    roll_up(&db, at(8_000), 500);
    for step in [60, 120, 3_600] {
        let rolled = chart(&db, -1, 7_199, step, Aggregate::Avg).unwrap();
        assert_ne!(rolled.resolution, Resolution::Sample, "{step}");
        assert_eq!(
            rolled.lines[0].points.len(),
            7_200 / usize::try_from(step).unwrap()
        );
    }
    let after = chart(&db, 0, 7_200, 60, Aggregate::Avg).unwrap();
    assert_eq!(points(&before, 0), points(&after, 0));

    let later = at(3 * 86_400);
    roll_up(&db, later, 500);
    retain(&db, later, 500);
    let coarse = chart(&db, 0, 7_200, 30, Aggregate::Avg).unwrap();
    assert_eq!(coarse.resolution, Resolution::Minute);
    assert_eq!(points(&coarse, 0), points(&before, 0));
}

#[test]
fn limits_hold() {
    let db = open();
    let refused = |from, to, step| {
        chart(&db, from, to, step, Aggregate::Avg)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(0, 60, 0), "step: must be at least a millisecond");
    assert_eq!(refused(0, 11_001, 1), "points: at most 11000, 11001 given");
    assert!(
        chart(&db, 0, 11_000, 1, Aggregate::Avg)
            .unwrap()
            .lines
            .is_empty()
    );
}

//! Tests of the counting.

use super::*;

#[test]
fn every_operation_is_counted_once() {
    let mut figures = Figures::default();
    let (fast, slow) = (Duration::from_millis(1), Duration::from_millis(300));
    figures.count(Class::Table, Some(Outcome::Done), fast);
    figures.count(Class::Table, Some(Outcome::Done), slow);
    figures.count(Class::Table, Some(Outcome::Failed("not_found")), fast);
    figures.count(Class::Table, Some(Outcome::TimedOut), slow);
    figures.count(Class::Table, None, fast);
    let mut both = Figures::default();
    both.add(&figures);
    both.add(&figures);
    assert_eq!((both.total, both.histogram.len()), (10, 10));
    assert_eq!((both.under_target, both.over_target), (2, 4));
    assert_eq!((both.timeouts, both.cancelled), (2, 2));
    assert_eq!(both.errors["not_found"], 2);
    assert_eq!(both.mean(), (3 * fast + 2 * slow) / 5);
}

#[test]
fn one_that_is_dropped_is_cancelled() {
    let tally = Arc::new(Tally::new(Class::Auth));
    tally.begin().end(Outcome::Done);
    drop(tally.begin());
    let figures = tally.figures();
    assert_eq!((figures.total, figures.cancelled), (2, 1));
}

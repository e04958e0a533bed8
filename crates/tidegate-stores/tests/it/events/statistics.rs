//! Counts of a window.

use std::time::Duration;

use tidegate_stores::Window;
use tidegate_stores::events::{self, Filter, NewEvent, Severity, Statistics};

use super::{event_at, filter, record};
use crate::support::{TestDb, at, open};

fn statistics(db: &TestDb, filter: &Filter, seconds: u64) -> Statistics {
    let filter = filter.clone();
    let window = Window::before(at(0), Duration::from_secs(seconds)).unwrap();
    db.read(move |tx| Ok(events::statistics(tx, &filter, window)?))
        .unwrap()
}

fn sorted(event_type: &str, severity: Severity, source: &str, ago: i64) -> NewEvent {
    let mut event = NewEvent::new(event_type, severity, source, "x");
    event.at = Some(at(-ago));
    event
}

#[test]
fn everything_is_counted() {
    let db = open();
    let mut healthy = sorted("check", Severity::Info, "b", 1);
    (healthy.health_score, healthy.category, healthy.target) =
        (Some(90.0), Some("ops".into()), Some("api".into()));
    let mut ill = sorted("check", Severity::Critical, "a", 2);
    (ill.health_score, ill.target, ill.user_id) =
        (Some(40.0), Some("web".into()), Some("ada".into()));
    let quiet = sorted("deployment", Severity::Info, "a", 3);
    let before = [
        sorted("check", Severity::Info, "a", 10),
        sorted("check", Severity::Info, "a", 19),
    ];
    let long_before = sorted("check", Severity::Info, "a", 20);
    record(
        &db,
        at(0),
        [healthy, ill, quiet, long_before]
            .into_iter()
            .chain(before)
            .collect(),
    );

    let found = statistics(&db, &Filter::default(), 10);
    assert_eq!(
        (found.total, found.total_before, found.trend),
        (3, 2, Some(0.5))
    );
    let distinct = found.distinct;
    assert_eq!(
        (distinct.types, distinct.sources, distinct.categories),
        (2, 2, 1)
    );
    assert_eq!((distinct.targets, distinct.users), (2, 1));
    let pairs = |counts: &[events::Count<String>]| -> Vec<(String, u64)> {
        counts
            .iter()
            .map(|count| (count.value.clone(), count.count))
            .collect()
    };
    assert_eq!(
        pairs(&found.by_type),
        [("check".to_owned(), 2), ("deployment".to_owned(), 1)]
    );
    assert_eq!(
        pairs(&found.by_source),
        [("a".to_owned(), 2), ("b".to_owned(), 1)]
    );
    assert_eq!(pairs(&found.by_category), [("ops".to_owned(), 1)]);
    let severities: Vec<_> = found
        .by_severity
        .iter()
        .map(|count| (count.value, count.count))
        .collect();
    assert_eq!(severities, [(Severity::Critical, 1), (Severity::Info, 2)]);
    let health = found.health.unwrap();
    assert_eq!(
        (health.min, health.avg, health.max, health.count),
        (40.0, 65.0, 90.0, 2)
    );

    let only = statistics(&db, &filter(|filter| filter.sources = vec!["b".into()]), 10);
    assert_eq!((only.total, only.total_before, only.trend), (1, 0, None));
}

#[test]
fn nothing_is_an_answer() {
    let db = open();
    let found = statistics(&db, &Filter::default(), 10);
    assert_eq!(
        (found.total, found.total_before, found.trend, found.health),
        (0, 0, None, None)
    );
    assert!(found.by_type.is_empty() && found.by_severity.is_empty());
}

#[test]
fn a_window_leaves_its_beginning_out() {
    let db = open();
    record(
        &db,
        at(0),
        vec![event_at("begin", at(-10)), event_at("end", at(0))],
    );
    let found = statistics(&db, &Filter::default(), 10);
    assert_eq!((found.total, found.total_before), (1, 1));
}

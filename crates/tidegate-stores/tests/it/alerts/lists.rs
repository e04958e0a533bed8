//! Filters, pages, counts and stories.

use tidegate_stores::alerts::{self, Alert, Filter, Severity, State};
use tidegate_stores::{ErrorKind, Id, Matcher, Page, Timestamp, Window};

use super::{
    acknowledge, escalate, evaluate, get, high, labels, measure, open_manual, read, resolve,
    seconds, set_rules, story, suppress, trigger, with,
};
use crate::support::{TestDb, at, open};

pub(super) fn window(from: Timestamp, to: Timestamp) -> Window {
    Window::between(from.saturating_sub(seconds(1)), to).unwrap()
}

fn filter(set: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    set(&mut filter);
    filter
}

/// One of each state, a second apart, and the filter's answer as names.
fn db() -> TestDb {
    let db = open();
    let open_at = |second, name, severity| open_manual(&db, at(second), name, severity);
    resolve(&db, at(1), open_at(0, "gone", Severity::Emergency)).unwrap();
    open_at(2, "fresh", Severity::Info);
    acknowledge(&db, at(4), open_at(3, "mine", Severity::Warning)).unwrap();
    suppress(
        &db,
        at(5),
        open_at(4, "later", Severity::Critical),
        at(1_000),
    )
    .unwrap();
    set_rules(
        &db,
        at(5),
        vec![with(high(), |rule| rule.hold = seconds(60))],
    );
    measure(&db, at(5), "a", 2.0);
    evaluate(&db, at(5));
    db
}

fn names(page: &Page<Alert>) -> Vec<&str> {
    page.items.iter().map(|alert| &*alert.name).collect()
}

fn check(db: &TestDb, filter: Filter, expected: &[&str]) {
    let asked = filter.clone();
    let page = read(db, move |tx| alerts::history(tx, &asked, None, 100)).unwrap();
    assert_eq!(names(&page), expected, "{filter:?}");
    let active: Vec<&str> = expected
        .iter()
        .filter(|name| **name != "gone")
        .copied()
        .collect();
    let page = read(db, move |tx| alerts::active(tx, &filter, None, 100)).unwrap();
    assert_eq!(names(&page), active);
}

#[test]
fn a_filter_means_what_meets_all_of_it() {
    let db = db();
    let matchers = |text: &str| Matcher::parse_list(text).unwrap();
    check(
        &db,
        Filter::default(),
        &["high", "later", "mine", "fresh", "gone"],
    );
    check(
        &db,
        filter(|f| f.states = vec![State::Firing, State::Resolved]),
        &["fresh", "gone"],
    );
    check(
        &db,
        filter(|f| f.severity_min = Some(Severity::Critical)),
        &["later", "gone"],
    );
    check(&db, filter(|f| f.name = Some("mine".to_owned())), &["mine"]);
    check(&db, filter(|f| f.matchers = matchers("host=a")), &["high"]);
    check(
        &db,
        filter(|f| f.matchers = matchers("alertname=~\"m.*|g.*\"")),
        &["mine", "gone"],
    );
    check(
        &db,
        filter(|f| f.matchers = matchers("severity=info")),
        &["fresh"],
    );
    check(&db, filter(|f| f.has_fired = Some(false)), &["high"]);
    check(&db, filter(|f| f.is_muted = Some(true)), &["later", "mine"]);
    check(
        &db,
        filter(|f| (f.from, f.to) = (Some(at(2)), Some(at(3)))),
        &["mine", "fresh"],
    );
    check(
        &db,
        filter(|f| {
            f.severity_min = Some(Severity::Warning);
            f.states = vec![State::Acknowledged];
            f.has_fired = Some(true);
        }),
        &["mine"],
    );
}

#[test]
fn what_is_wrong_with_a_question_is_refused() {
    let db = db();
    let ask = |filter: Filter, limit| {
        read(&db, move |tx| alerts::active(tx, &filter, None, limit)).unwrap_err()
    };
    assert_eq!(ask(Filter::default(), 0).field(), Some("limit"));
    assert_eq!(ask(Filter::default(), 1_001).kind(), ErrorKind::Limit);
    assert_eq!(
        ask(filter(|f| f.name = Some("\n".to_owned())), 1).field(),
        Some("name")
    );
    let reversed = filter(|f| (f.from, f.to) = (Some(at(2)), Some(at(1))));
    assert_eq!(ask(reversed, 1).field(), Some("from"));
    let page = read(&db, |tx| alerts::history(tx, &Filter::default(), None, 1)).unwrap();
    let other = read(&db, move |tx| {
        alerts::active(tx, &Filter::default(), page.next.as_ref(), 1)
    });
    assert_eq!(other.unwrap_err().reason(), "it belongs to another list");
}

#[test]
fn pages_go_on_whatever_is_added_or_removed() {
    let db = open();
    let made: Vec<Id> = (0..7)
        .map(|n| open_manual(&db, at(n), &format!("x{n}"), Severity::Info))
        .collect();
    let (mut seen, mut next) = (Vec::new(), None);
    loop {
        let after = next.take();
        let page = read(&db, move |tx| {
            alerts::active(tx, &Filter::default(), after.as_ref(), 3)
        });
        let page = page.unwrap();
        seen.extend(page.items.iter().map(|alert| alert.id));
        open_manual(&db, at(100), &format!("y{}", seen.len()), Severity::Info);
        let Some(cursor) = page.next else { break };
        next = Some(cursor);
    }
    assert!(seen.iter().eq(made.iter().rev()));
}

#[test]
fn a_summary_counts_what_is_and_what_was() {
    let db = db();
    let hour = 3_600;
    open_manual(&db, at(hour), "next", Severity::Critical);
    let summary = read(&db, move |tx| alerts::summary(tx, window(at(0), at(hour)))).unwrap();
    let severities: Vec<u64> = summary
        .by_severity
        .iter()
        .map(|(_, count)| *count)
        .collect();
    assert_eq!(summary.by_severity[0].0, Severity::Emergency);
    assert_eq!(severities, [0, 2, 1, 1]);
    let states: Vec<u64> = summary.by_state.iter().map(|(_, count)| *count).collect();
    assert_eq!(states, [1, 2, 1, 1]);
    assert_eq!(
        (summary.muted, summary.resolved, summary.dropped),
        (2, 1, 0)
    );
    let hours: Vec<(Timestamp, u64)> = summary
        .by_hour
        .iter()
        .map(|one| (one.hour, one.count))
        .collect();
    assert_eq!(
        hours,
        [
            (at(0), 1),
            (at(0), 1),
            (at(0), 1),
            (at(0), 1),
            (at(hour), 1)
        ]
    );
    assert_eq!(summary.by_hour[0].severity, Severity::Emergency);
    let long = window(at(0), at(32 * 86_400));
    assert_eq!(
        read(&db, move |tx| alerts::summary(tx, long))
            .unwrap_err()
            .field(),
        Some("window")
    );
}

#[test]
fn a_story_tells_all_of_one_alert() {
    let db = open();
    let mut one = alerts::Trigger::new("x", Severity::Warning, "it broke", "bob");
    one.labels = labels([("host", "a")]);
    let id = trigger(&db, at(0), one).alert().unwrap();
    suppress(&db, at(1), id, at(10)).unwrap();
    escalate(&db, at(10), 10);
    resolve(&db, at(11), id).unwrap();
    let story = story(&db, id);
    assert_eq!((story.left_out, &story.alert), (0, &get(&db, id)));
    let told: Vec<String> = story
        .transitions
        .iter()
        .map(|one| {
            let from = one.from_state.map_or("-", State::as_str);
            let who = one.who.as_deref().unwrap_or("-");
            format!("{} {from} {} {who}: {}", one.kind, one.to_state, one.why)
        })
        .collect();
    assert_eq!(
        told,
        [
            "opened - firing bob: it broke",
            "suppressed firing suppressed ada: later",
            "returned suppressed firing -: the time it was put off is over",
            "resolved firing resolved ada: done",
        ]
    );
    let unknown = read(&db, |tx| alerts::story(tx, Id::new(at(0)))).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

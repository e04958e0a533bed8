//! Random filters, against a plain look at every event.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tidegate_stores::Timestamp;
use tidegate_stores::events::{self, Event, Filter, NewEvent, Severity};

use super::{page, record};
use crate::support::{TestDb, at, open};

const NAMES: [&str; 4] = ["a", "b", "c d", "é"];

fn name() -> impl Strategy<Value = String> {
    select(&NAMES[..]).prop_map(str::to_owned)
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let some = subsequence(&NAMES[..], 0..=3)
        .prop_map(|names| names.into_iter().map(str::to_owned).collect());
    prop_oneof![3 => Just(Vec::new()), 1 => some]
}

prop_compose! {
    fn new_event()(
        (event_type, source, title) in (name(), name(), name()),
        severity in select(Severity::ALL),
        seconds in 0..100_i64,
        (target, category, status) in (prop::option::of(name()), prop::option::of(name()), prop::option::of(name())),
        tags in names(),
        (correlation_id, user_id) in (prop::option::of(name()), prop::option::of(name())),
        health in prop::option::of(0..=100_u8),
    ) -> NewEvent {
        let mut event = NewEvent::new(event_type, severity, source, title);
        event.at = Some(at(-seconds));
        (event.target, event.category, event.status) = (target, category, status);
        (event.correlation_id, event.user_id) = (correlation_id, user_id);
        event.tags = tags;
        event.health_score = health.map(f64::from);
        event
    }
}

fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    prop_oneof![3 => Just(None), 1 => (0..100_i64).prop_map(|seconds| Some(at(-seconds)))]
}

fn score() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![3 => Just(None), 1 => (0..=100_u8).prop_map(|score| Some(f64::from(score)))]
}

prop_compose! {
    fn any_filter()(
        (types, sources, categories, targets, statuses, tags) in (names(), names(), names(), names(), names(), names()),
        severities in subsequence(Severity::ALL, 0..=2),
        (one, two) in (moment(), moment()),
        (health_min, health_max) in (score(), score()),
        (correlation_id, user_id) in (prop::option::weighted(0.1, name()), prop::option::weighted(0.1, name())),
        text in prop::option::weighted(0.2, name()),
    ) -> Filter {
        let mut filter = Filter::default();
        (filter.types, filter.sources, filter.categories) = (types, sources, categories);
        (filter.targets, filter.statuses, filter.tags) = (targets, statuses, tags);
        filter.severities = severities;
        (filter.from, filter.to) = if one.is_some() && two.is_some() { (one.min(two), one.max(two)) } else { (one, two) };
        (filter.health_min, filter.health_max) = (health_min, health_max);
        (filter.correlation_id, filter.user_id) = (correlation_id, user_id);
        filter.text = text;
        filter
    }
}

fn is_any<T: PartialEq>(list: &[T], value: Option<&T>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.contains(value))
}

fn is_meant(filter: &Filter, event: &Event) -> bool {
    let plain = |text: &str| text.replace('é', "e");
    let words = |text: &str| -> Vec<String> { plain(text).split(' ').map(str::to_owned).collect() };
    let all_words: Vec<String> = event
        .tags
        .iter()
        .flat_map(|tag| words(tag))
        .chain(words(&event.title))
        .collect();
    is_any(&filter.types, Some(&event.event_type))
        && is_any(&filter.severities, Some(&event.severity))
        && is_any(&filter.sources, Some(&event.source))
        && is_any(&filter.categories, event.category.as_ref())
        && is_any(&filter.targets, event.target.as_ref())
        && is_any(&filter.statuses, event.status.as_ref())
        && (filter.tags.is_empty() || filter.tags.iter().any(|tag| event.tags.contains(tag)))
        && is_any(
            filter.correlation_id.as_slice(),
            event.correlation_id.as_ref(),
        )
        && is_any(filter.user_id.as_slice(), event.user_id.as_ref())
        && filter.from.is_none_or(|from| event.at >= from)
        && filter.to.is_none_or(|to| event.at <= to)
        && filter
            .health_min
            .is_none_or(|min| event.health_score.is_some_and(|score| score >= min))
        && filter
            .health_max
            .is_none_or(|max| event.health_score.is_some_and(|score| score <= max))
        && filter
            .text
            .as_ref()
            .is_none_or(|text| words(text).iter().all(|word| all_words.contains(word)))
}

fn check(db: &TestDb, all: &[Event], filter: &Filter) {
    let expected: Vec<&Event> = all.iter().filter(|event| is_meant(filter, event)).collect();
    let found = page(db, filter, 1_000).items;
    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");

    let mut by_number = expected;
    by_number.sort_by_key(|event| event.seq);
    let tail = {
        let filter = filter.clone();
        db.read(move |tx| Ok(events::after(tx, 0, &filter, 1_000)?))
            .unwrap()
    };
    assert_eq!(tail.events.iter().collect::<Vec<_>>(), by_number);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_filter_finds_what_a_plain_look_does(
        new in prop::collection::vec(new_event(), 1..60),
        filters in prop::collection::vec(any_filter(), 10),
    ) {
        let db = open();
        record(&db, at(0), new);
        let all = page(&db, &Filter::default(), 1_000).items;
        filters.iter().for_each(|filter| check(&db, &all, filter));
    }
}

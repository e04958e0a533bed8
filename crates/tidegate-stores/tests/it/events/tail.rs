//! Following the log.

use std::time::Duration;

use tidegate_stores::events::{self, Filter, Retention, Tail};
use tidegate_stores::{Error, ErrorKind, Result};

use super::{event, event_at, filter, record};
use crate::support::{TestDb, at, open};

fn after(db: &TestDb, seq: u64, filter: &Filter, limit: usize) -> Result<Tail> {
    let filter = filter.clone();
    db.read(move |tx| Ok(events::after(tx, seq, &filter, limit)?))
        .map_err(Error::from)
}

fn titles(tail: &Tail) -> Vec<&str> {
    tail.events.iter().map(|event| &*event.title).collect()
}

#[test]
fn somebody_who_goes_on_sees_each_event_once_in_the_order_of_recording() {
    let db = open();
    let all = Filter::default();
    record(
        &db,
        at(0),
        vec![event("a"), event_at("b", at(-500)), event("c")],
    );
    let first = after(&db, 0, &all, 2).unwrap();
    assert_eq!(
        (titles(&first), first.next, first.more, first.missed),
        (vec!["a", "b"], 2, true, 0)
    );
    let second = after(&db, first.next, &all, 2).unwrap();
    assert_eq!(
        (titles(&second), second.next, second.more),
        (vec!["c"], 3, false)
    );
    assert_eq!(titles(&after(&db, 3, &all, 2).unwrap()), Vec::<&str>::new());
    record(&db, at(1), vec![event("d")]);
    assert_eq!(titles(&after(&db.reopened(), 3, &all, 2).unwrap()), ["d"]);
}

#[test]
fn a_filter_leaves_events_out_and_the_number_moves_past_them() {
    let db = open();
    let mut tagged = event("wanted");
    tagged.tags = vec!["x".into()];
    record(
        &db,
        at(0),
        vec![event("a"), tagged.clone(), event("b"), tagged, event("c")],
    );
    let wanted = filter(|filter| filter.tags = vec!["x".into()]);
    let tail = after(&db, 0, &wanted, 1).unwrap();
    assert_eq!(
        (titles(&tail), tail.next, tail.more),
        (vec!["wanted"], 2, true)
    );
    let tail = after(&db, tail.next, &wanted, 1).unwrap();
    assert_eq!((tail.events[0].seq, tail.next, tail.more), (4, 5, false));
}

#[test]
fn what_was_removed_unread_is_counted() {
    let db = open();
    record(
        &db,
        at(0),
        (0..10).map(|n| event(&format!("{n}"))).collect(),
    );
    let keep = Retention::new(Duration::from_secs(3_600), 4, 1 << 30).unwrap();
    db.write(move |tx| Ok(events::set_retention(tx, keep)?))
        .unwrap();
    while db
        .write(|tx| Ok(events::retain_step(tx, at(0), 3)?))
        .unwrap()
        .more
    {}
    for (seq, missed, first) in [(0, 6, "6"), (2, 4, "6"), (6, 0, "6"), (8, 0, "8")] {
        let tail = after(&db, seq, &Filter::default(), 10).unwrap();
        assert_eq!(
            (tail.missed, titles(&tail)[0]),
            (missed, first),
            "after {seq}"
        );
    }
}

#[test]
fn a_number_that_was_not_given_out_is_a_conflict() {
    let db = open();
    record(&db, at(0), vec![event("a")]);
    let error = after(&db, 2, &Filter::default(), 10).unwrap_err();
    assert_eq!(
        (error.kind(), error.found()),
        (ErrorKind::Conflict, Some("1"))
    );
    assert_eq!(db.read(|tx| Ok(events::last_seq(tx)?)).unwrap(), 1);
    assert_eq!(
        after(&db, 0, &Filter::default(), 0).unwrap_err().field(),
        Some("limit")
    );
}

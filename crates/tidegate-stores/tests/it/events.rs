//! The events on real files.

mod filters;
mod listing;
mod plans;
mod record;
mod retention;
mod statistics;
mod tail;

use tidegate_stores::events::{self, Event, Filter, NewEvent, Recorded, Severity};
use tidegate_stores::{Error, Page, Result, Timestamp};

use crate::support::TestDb;

fn event(title: &str) -> NewEvent {
    NewEvent::new("note", Severity::Info, "test", title)
}

/// An event that happened `at`.
fn event_at(title: &str, at: Timestamp) -> NewEvent {
    let mut event = event(title);
    event.at = Some(at);
    event
}

fn try_record(db: &TestDb, now: Timestamp, events: Vec<NewEvent>) -> Result<Vec<Recorded>> {
    db.write(move |tx| Ok(events::record_many(tx, now, events)?))
        .map_err(Error::from)
}

fn record(db: &TestDb, now: Timestamp, events: Vec<NewEvent>) -> Vec<Recorded> {
    try_record(db, now, events).unwrap()
}

fn page(db: &TestDb, filter: &Filter, limit: usize) -> Page<Event> {
    let filter = filter.clone();
    db.read(move |tx| Ok(events::list(tx, &filter, None, limit)?))
        .unwrap()
}

/// The titles of all that a filter means, page by page.
fn titles(db: &TestDb, filter: &Filter, limit: usize) -> Vec<String> {
    let (mut titles, mut next) = (Vec::new(), None);
    loop {
        let filter = filter.clone();
        let page = db
            .read(move |tx| Ok(events::list(tx, &filter, next.as_ref(), limit)?))
            .unwrap();
        assert!(page.items.len() == limit || page.next.is_none());
        titles.extend(page.items.into_iter().map(|event| event.title));
        next = page.next;
        if next.is_none() {
            return titles;
        }
    }
}

fn filter(set: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    set(&mut filter);
    filter
}

fn search(text: &str) -> Filter {
    filter(|filter| filter.text = Some(text.to_owned()))
}

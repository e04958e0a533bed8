//! Forgetting events.

use std::time::Duration;

use tidegate_stores::Timestamp;
use tidegate_stores::events::{self, Filter, NewEvent, Retention};

use super::{event, event_at, record, search, titles};
use crate::support::{TestDb, at, open};

fn keep(db: &TestDb, seconds: u64, events: u64, bytes: u64) {
    let retention = Retention::new(Duration::from_secs(seconds), events, bytes).unwrap();
    db.write(move |tx| Ok(events::set_retention(tx, retention)?))
        .unwrap();
}

fn retain(db: &TestDb, now: Timestamp, budget: usize) -> u64 {
    let mut rows = 0;
    loop {
        let progress = db
            .write(move |tx| Ok(events::retain_step(tx, now, budget)?))
            .unwrap();
        assert!(progress.rows <= u64::try_from(budget).unwrap());
        rows += progress.rows;
        if !progress.more {
            return rows;
        }
    }
}

fn count(db: &TestDb, table: &str) -> i64 {
    db.query_scalar(format!("SELECT count(*) FROM {table}"), ())
        .unwrap()
}

/// Whether the full-text index holds what the table does, by its own check.
fn check_index(db: &TestDb) {
    db.execute(
        "INSERT INTO tg_event_text (tg_event_text, rank) VALUES ('integrity-check', 1)",
        (),
    )
    .unwrap();
}

fn tagged(title: &str, second: i64) -> NewEvent {
    let mut event = event_at(title, at(second));
    event.tags = vec!["x".into(), title.into()];
    event.details = None;
    event
}

#[test]
fn old_events_go_with_their_words_and_tags() {
    let db = open();
    record(
        &db,
        at(100),
        (0..100).map(|n| tagged(&format!("word{n}"), n)).collect(),
    );
    keep(&db, 50, 1_000, 1 << 30);
    assert_eq!(retain(&db, at(100), 7), 50);
    assert_eq!(titles(&db, &Filter::default(), 10).len(), 50);
    assert_eq!(titles(&db, &search("word49"), 10), Vec::<String>::new());
    assert_eq!(titles(&db, &search("word50"), 10), ["word50"]);
    assert_eq!(count(&db, "tg_event_tag"), 100);
    check_index(&db);
    assert_eq!(retain(&db, at(1_000), 1), 50);
    for table in ["tg_event", "tg_event_tag", "tg_event_text"] {
        assert_eq!(count(&db, table), 0, "{table}");
    }
    let bytes: i64 = db
        .query_scalar("SELECT bytes FROM tg_event_state", ())
        .unwrap();
    assert_eq!(bytes, 0);
    check_index(&db);
    assert_eq!(record(&db, at(1_000), vec![event("next")])[0].seq, 101);
}

#[test]
fn too_many_or_too_large_events_go_the_first_first() {
    let db = open();
    record(
        &db,
        at(0),
        (0..20).map(|n| event(&format!("{n:02}"))).collect(),
    );
    keep(&db, 1_000, 15, 1 << 30);
    assert_eq!(retain(&db, at(0), 2), 5);
    let each: u64 = db
        .query_scalar("SELECT max(bytes) FROM tg_event", ())
        .unwrap();
    keep(&db, 1_000, 15, each * 4);
    assert_eq!(retain(&db, at(0), 100), 11);
    assert_eq!(
        titles(&db, &Filter::default(), 10),
        ["19", "18", "17", "16"]
    );
    assert_eq!(retain(&db, at(0), 100), 0);
}

#[test]
fn settings_are_kept() {
    let db = open();
    assert_eq!(
        db.read(|tx| Ok(events::retention(tx)?)).unwrap(),
        Retention::default()
    );
    keep(&db, 60, 5, 10);
    let kept = db.reopened().read(|tx| Ok(events::retention(tx)?)).unwrap();
    assert_eq!(
        kept,
        Retention::new(Duration::from_secs(60), 5, 10).unwrap()
    );
}

#[test]
fn nothing_to_remove_is_no_work() {
    let db = open();
    assert_eq!(retain(&db, at(0), 10), 0);
    record(&db, at(0), vec![event("a")]);
    assert_eq!(retain(&db, at(0), 10), 0);
}

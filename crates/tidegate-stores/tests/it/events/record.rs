//! Recording: what is kept, and what is refused.

use tidegate_stores::events::{self, BATCH_EVENTS_MAX, NewEvent, Severity, TAGS_MAX};
use tidegate_stores::{Error, ErrorKind, Id, JsonText};

use super::{event, event_at, page, record, try_record};
use crate::support::{at, open};

fn full() -> NewEvent {
    let mut event = NewEvent::new(
        "deployment",
        Severity::Critical,
        "ci",
        "Release \"1.4\" is out ✓",
    );
    event.at = Some(at(-5));
    event.target = Some("api".into());
    event.category = Some("operations".into());
    event.status = Some("failed".into());
    event.description = "Line one\nline two".into();
    event.details = Some(JsonText::parse("details", r#"{"version":[1,4]}"#).unwrap());
    event.tags = vec!["z".into(), "a \"b\"".into(), "z".into()];
    event.correlation_id = Some("c-1".into());
    event.user_id = Some("ada".into());
    event.health_score = Some(99.5);
    event.resource_usage = Some(JsonText::parse("usage", r#"{"cpu":0.5}"#).unwrap());
    event
}

#[test]
fn every_field_is_kept_over_a_restart() {
    let db = open();
    let recorded = record(&db, at(0), vec![full(), event("bare")]);
    assert_eq!((recorded[0].seq, recorded[1].seq), (1, 2));
    let db = db.reopened();
    let id = recorded[0].id;
    let kept = db.read(move |tx| Ok(events::get(tx, id)?)).unwrap();
    let given = full();
    assert_eq!((kept.seq, kept.id, kept.at), (1, id, at(-5)));
    assert_eq!(
        (kept.event_type, kept.severity, kept.source),
        (given.event_type, given.severity, given.source)
    );
    assert_eq!(
        (kept.target, kept.category, kept.status),
        (given.target, given.category, given.status)
    );
    assert_eq!(
        (kept.title, kept.description),
        (given.title, given.description)
    );
    assert_eq!(
        (kept.details, kept.resource_usage),
        (given.details, given.resource_usage)
    );
    assert_eq!(kept.tags, ["a \"b\"", "z"]);
    assert_eq!(
        (kept.correlation_id, kept.user_id),
        (given.correlation_id, given.user_id)
    );
    assert_eq!(kept.health_score, Some(99.5));

    let id = recorded[1].id;
    let bare = db.read(move |tx| Ok(events::get(tx, id)?)).unwrap();
    assert_eq!(
        (bare.at, bare.target, bare.details, bare.health_score),
        (at(0), None, None, None)
    );
    assert!(bare.tags.is_empty());
}

#[test]
fn an_unknown_id_is_not_found() {
    let db = open();
    let id = Id::new(at(0));
    let error = Error::from(db.read(move |tx| Ok(events::get(tx, id)?)).unwrap_err());
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::NotFound, format!("there is no event {id}"))
    );
}

#[test]
fn a_wrong_field_is_named_and_nothing_is_recorded() {
    let db = open();
    let check = |set: fn(&mut NewEvent), field: &str| {
        let mut wrong = full();
        set(&mut wrong);
        let error = try_record(&db, at(0), vec![event("fine"), wrong]).unwrap_err();
        assert_eq!(
            (error.field(), error.item()),
            (Some(field), Some(1)),
            "{error}"
        );
    };
    check(|event| event.title = String::new(), "title");
    check(|event| event.title = "a\nb".into(), "title");
    check(|event| event.title = "x".repeat(513), "title");
    check(|event| event.event_type = " ".into(), "type");
    check(|event| event.source = "\u{1b}[31m".into(), "source");
    check(|event| event.description = "\0".into(), "description");
    check(
        |event| event.description = "x".repeat(20_000),
        "description",
    );
    check(|event| event.target = Some(String::new()), "target");
    check(|event| event.category = Some("x".repeat(129)), "category");
    check(|event| event.status = Some("x".repeat(65)), "status");
    check(|event| event.tags = vec![String::new()], "tags");
    check(|event| event.tags = vec!["x".into(); TAGS_MAX + 1], "tags");
    check(
        |event| event.correlation_id = Some("\r\n".into()),
        "correlation_id",
    );
    check(|event| event.user_id = Some("x".repeat(257)), "user_id");
    check(|event| event.health_score = Some(100.5), "health_score");
    check(|event| event.health_score = Some(f64::NAN), "health_score");
    check(|event| event.at = Some(at(301)), "at");
    assert!(page(&db, &events::Filter::default(), 10).items.is_empty());
    let many = vec![event("x"); BATCH_EVENTS_MAX + 1];
    assert_eq!(
        try_record(&db, at(0), many).unwrap_err().kind(),
        ErrorKind::Limit
    );
    assert!(try_record(&db, at(0), Vec::new()).unwrap().is_empty());
}

#[test]
fn numbers_have_no_gaps_though_transactions_fail() {
    let db = open();
    record(&db, at(0), vec![event("one")]);
    let failed = db.write(|tx| -> tidegate::Result<()> {
        events::record(tx, at(0), event("undone"))?;
        Err(tidegate::Error::application("no"))
    });
    assert!(failed.is_err());
    assert_eq!(
        record(&db, at(0), vec![event("two"), event_at("three", at(-100))])[1].seq,
        3
    );
}

#[test]
fn a_log_is_not_rewritten() {
    let db = open();
    record(&db, at(0), vec![event("one")]);
    let error = db
        .execute("UPDATE tg_event SET title = 'other'", ())
        .unwrap_err();
    assert!(
        error.to_string().contains("events are never changed"),
        "{error}"
    );
}

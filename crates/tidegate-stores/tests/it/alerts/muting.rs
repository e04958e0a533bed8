//! Silences and inhibitions, as they are made and as alerts change.

use tidegate_stores::alerts::{
    self, Inhibition, NewSilence, Severity, SilenceStatus, TransitionKind,
};
use tidegate_stores::{ErrorKind, Id, Matcher, Result, Timestamp};

use super::{escalate, get, kinds, labels, open_manual, read, resolve, trigger, write};
use crate::support::{TestDb, at, open};

fn new_silence(matchers: &str, starts_at: Timestamp, ends_at: Timestamp) -> NewSilence {
    NewSilence {
        matchers: Matcher::parse_list(matchers).unwrap(),
        author: "ada".to_owned(),
        comment: "maintenance".to_owned(),
        starts_at,
        ends_at,
    }
}

fn try_silence(db: &TestDb, now: Timestamp, silence: NewSilence) -> Result<Id> {
    write(db, move |tx| alerts::silence(tx, now, silence))
}

fn silence(db: &TestDb, now: Timestamp, matchers: &str, from: i64, to: i64) -> Id {
    try_silence(db, now, new_silence(matchers, at(from), at(to))).unwrap()
}

fn is_muted(db: &TestDb, id: Id) -> bool {
    get(db, id).is_muted
}

#[test]
fn a_silence_mutes_what_is_there_and_what_comes() {
    let db = open();
    let before = open_manual(&db, at(0), "disk", Severity::Warning);
    let other = open_manual(&db, at(0), "cpu", Severity::Warning);
    let by_name = silence(&db, at(1), "alertname=disk", 1, 100);
    assert_eq!(get(&db, before).silenced_by, [by_name]);
    assert!(!is_muted(&db, other));
    resolve(&db, at(2), before).unwrap();
    assert!(!is_muted(&db, before), "what is over is told");
    let after = open_manual(&db, at(3), "disk", Severity::Critical);
    assert!(is_muted(&db, after));
    assert_eq!(kinds(&db, before)[1], TransitionKind::Muted);

    let by_severity = silence(&db, at(4), "severity=~\"warning|critical\"", 4, 50);
    assert_eq!(get(&db, after).silenced_by, [by_name, by_severity]);
    assert!(is_muted(&db, other));
    write(&db, move |tx| {
        alerts::expire_silence(tx, at(5), by_name, "bob")
    })
    .unwrap();
    assert_eq!(get(&db, after).silenced_by, [by_severity]);
    let db = db.reopened();
    escalate(&db, at(50), 10);
    assert!(!is_muted(&db, after) && !is_muted(&db, other));
    assert_eq!(
        kinds(&db, other),
        [
            TransitionKind::Opened,
            TransitionKind::Muted,
            TransitionKind::Unmuted
        ]
    );
}

#[test]
fn a_silence_begins_and_ends_by_itself() {
    let db = open();
    let id = open_manual(&db, at(0), "disk", Severity::Warning);
    let quiet = silence(&db, at(0), "alertname=disk", 10, 20);
    let status = |db: &TestDb| {
        read(db, move |tx| alerts::get_silence(tx, quiet))
            .unwrap()
            .status
    };
    let mut db = db;
    for (second, muted, expected) in [
        (9, false, SilenceStatus::Pending),
        (10, true, SilenceStatus::Active),
        (5, false, SilenceStatus::Pending),
        (19, true, SilenceStatus::Active),
        (20, false, SilenceStatus::Expired),
        (15, false, SilenceStatus::Expired),
    ] {
        escalate(&db, at(second), 1);
        assert_eq!(
            (is_muted(&db, id), status(&db)),
            (muted, expected),
            "{second}"
        );
        db = db.reopened();
    }
}

#[test]
fn a_silence_over_many_is_done_in_pieces() {
    let db = open();
    write(&db, |tx| {
        for n in 0..1_500 {
            let name = format!("x{n}");
            alerts::trigger(
                tx,
                at(0),
                alerts::Trigger::new(name, Severity::Info, "", "t"),
            )?;
        }
        Ok(())
    })
    .unwrap();
    silence(&db, at(1), "severity=info", 1, 100);
    let muted = |db: &TestDb| {
        let found = read(db, |tx| {
            alerts::summary(tx, super::lists::window(at(0), at(1)))
        });
        found.unwrap().muted
    };
    assert_eq!(muted(&db), 1_000);
    let db = db.reopened();
    escalate(&db, at(1), 100);
    assert_eq!(muted(&db), 1_500);
}

#[test]
fn what_is_wrong_with_a_silence_is_refused() {
    let db = open();
    for (matchers, starts, ends, author, field) in [
        ("", 0, 10, "ada", "matchers"),
        ("a=~\".*\",b=\"\"", 0, 10, "ada", "matchers"),
        ("a!=b", 0, 10, "ada", "matchers"),
        ("a=b", 0, 0, "ada", "ends_at"),
        ("a=b", 20, 10, "ada", "ends_at"),
        ("a=b", 0, 400 * 366 * 86_400, "ada", "ends_at"),
        ("a=b", 0, 10, "a\nda", "author"),
    ] {
        let mut silence = new_silence(matchers, at(starts), at(ends));
        silence.author = author.to_owned();
        let error = try_silence(&db, at(0), silence).unwrap_err();
        assert_eq!(error.field(), Some(field), "{matchers}: {error}");
    }
    let mut silence = new_silence("a=b", at(0), at(10));
    silence.comment = " ".to_owned();
    assert_eq!(
        try_silence(&db, at(0), silence).unwrap_err().field(),
        Some("comment")
    );
    let expire = |id| write(&db, move |tx| alerts::expire_silence(tx, at(1), id, "bob"));
    assert_eq!(
        expire(Id::new(at(0))).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let id = try_silence(&db, at(0), new_silence("a=b", at(0), at(10))).unwrap();
    expire(id).unwrap();
    let again = expire(id).unwrap_err();
    assert_eq!(
        (again.kind(), again.found()),
        (ErrorKind::Conflict, Some("expired"))
    );
}

#[test]
fn silences_are_listed_page_by_page() {
    let db = open();
    let made: Vec<Id> = (0..5).map(|n| silence(&db, at(n), "a=b", 0, 100)).collect();
    let list = |status, after: Option<tidegate_stores::Cursor>| {
        read(&db, move |tx| {
            alerts::silences(tx, status, after.as_ref(), 3)
        })
        .unwrap()
    };
    for status in [None, Some(SilenceStatus::Active)] {
        let first = list(status, None);
        let second = list(status, first.next.clone());
        let ids = first
            .items
            .iter()
            .chain(&second.items)
            .map(|silence| silence.id);
        assert!(ids.eq(made.iter().rev().copied()));
        assert_eq!((first.items.len(), second.next), (3, None));
    }
    assert_eq!(list(Some(SilenceStatus::Expired), None).items, []);
}

fn inhibition(source: &str, target: &str, equal: &[&str]) -> Inhibition {
    Inhibition {
        name: format!("{source} over {target}"),
        source: Matcher::parse_list(source).unwrap(),
        target: Matcher::parse_list(target).unwrap(),
        equal: equal.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn set_inhibitions(db: &TestDb, now: Timestamp, all: Vec<Inhibition>) -> Result<()> {
    write(db, move |tx| alerts::set_inhibitions(tx, now, &all))
}

fn on(db: &TestDb, now: Timestamp, name: &str, severity: Severity, host: &str) -> Id {
    let mut one = alerts::Trigger::new(name, severity, "", "test");
    one.labels = labels([("host", host)]);
    trigger(db, now, one).alert().unwrap()
}

#[test]
fn a_cause_mutes_its_effects_while_it_fires() {
    let db = open();
    let rule = inhibition(
        "alertname=NodeDown",
        "severity=~\"info|warning\"",
        &["host"],
    );
    let slow = on(&db, at(0), "Slow", Severity::Warning, "a");
    let elsewhere = on(&db, at(0), "Slow", Severity::Warning, "b");
    let down = on(&db, at(0), "NodeDown", Severity::Critical, "a");
    set_inhibitions(&db, at(1), vec![rule.clone()]).unwrap();
    assert_eq!(get(&db, slow).inhibited_by, Some(down));
    assert!(!is_muted(&db, elsewhere) && !is_muted(&db, down));
    assert_eq!(read(&db, alerts::inhibitions).unwrap(), [rule]);

    resolve(&db, at(2), down).unwrap();
    assert!(!is_muted(&db, slow));
    let down = on(&db, at(3), "NodeDown", Severity::Critical, "a");
    assert!(is_muted(&db, slow));
    let late = on(&db, at(4), "Late", Severity::Info, "a");
    assert_eq!(get(&db, late).inhibited_by, Some(down));
    assert!(
        !kinds(&db, late).contains(&TransitionKind::Muted),
        "it was from the first moment"
    );
    on(&db, at(5), "Late", Severity::Critical, "a");
    assert!(!is_muted(&db, late), "it is no target any more");
    set_inhibitions(&db, at(6), vec![]).unwrap();
    assert!(!is_muted(&db, slow));
}

#[test]
fn an_inhibition_that_makes_no_sense_is_refused() {
    let db = open();
    let check = |all: Vec<Inhibition>, item, text: &str| {
        let error = set_inhibitions(&db, at(0), all).unwrap_err();
        assert_eq!(
            (error.kind(), error.item()),
            (ErrorKind::InvalidInput, Some(item))
        );
        assert!(error.to_string().contains(text), "{error}");
    };
    let good = inhibition("severity=critical", "severity=warning", &[]);
    check(
        vec![good.clone(), inhibition("a!=b", "c=d", &[])],
        1,
        "source: needs a matcher",
    );
    check(
        vec![good.clone(), inhibition("a=b", "c=~\"d?\"", &[])],
        1,
        "target: needs a matcher",
    );
    check(vec![inhibition("a=b", "c=d", &["x-y"])], 0, "equal: ");
    check(
        vec![inhibition("a=b", "a=b", &[])],
        0,
        "inhibits its own sources",
    );
    let back = inhibition("severity=warning", "severity=critical", &[]);
    check(vec![good, back], 0, "in a circle");
    assert_eq!(read(&db, alerts::inhibitions).unwrap(), []);
}

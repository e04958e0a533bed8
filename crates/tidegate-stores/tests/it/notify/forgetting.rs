//! What is forgotten, and what is not.

use std::time::Duration;

use tidegate_stores::{Error, ErrorKind, Fingerprint, Labels, notify};

use super::{announce, changed, claim_one, count, deliver, firing, outbox, resolved, with_ops};
use crate::support::{TestDb, at};

const DAY: i64 = 86_400;

fn retain(db: &TestDb, seconds: i64, budget: usize) -> u64 {
    let mut rows = 0;
    loop {
        let step = db
            .write(move |tx| Ok(notify::retain_step(tx, at(seconds), budget)?))
            .unwrap();
        rows += step.rows;
        if !step.more {
            return rows;
        }
    }
}

#[test]
fn old_messages_go_with_their_entries() {
    let db = with_ops();
    for n in 0..5 {
        let alert = firing(&format!("disk{n}"), "a");
        announce(&db, at(n * DAY), &alert);
        deliver(&db, at(n * DAY + 30), "ops");
        announce(&db, at(n * DAY + 600), &resolved(&alert, at(n * DAY + 600)));
        deliver(&db, at(n * DAY + 600), "ops");
    }
    retain(&db, 5 * DAY, 3);
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_message"), 10);
    for table in ["tg_notify_alert", "tg_notify_member", "tg_notify_flow"] {
        let rows: i64 = db
            .query_scalar(format!("SELECT count(*) FROM {table}"), ())
            .unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    db.write(|tx| Ok(notify::set_retention(tx, Duration::from_secs(3 * 86_400))?))
        .unwrap();
    assert_eq!(retain(&db, 5 * DAY, 1), 4 * 3);
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_entry"), 6);
    assert_eq!(
        count(&db, "SELECT count(*) FROM tg_notify_message_alert"),
        6
    );
    let tail = db.read(|tx| Ok(notify::after(tx, 2, 100)?)).unwrap();
    assert_eq!((tail.missed, tail.entries.len(), tail.next), (6, 6, 20));
    assert_eq!(retain(&db, 5 * DAY, 1), 0);
}

#[test]
fn what_is_open_or_fires_stays_however_old() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    let delivery = claim_one(&db, at(30), "ops");
    announce(
        &db,
        at(40),
        &changed(&firing("load", "b"), |load| load.is_muted = true),
    );
    assert_eq!(retain(&db, 1_000 * DAY, 10), 0);
    assert_eq!(outbox(&db, "ops")[0].id, delivery.id);
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_alert"), 2);
    announce(&db, at(50), &resolved(&alert, at(50)));
    assert_eq!(retain(&db, 1_000 * DAY, 10), 0);
}

#[test]
fn a_group_is_remembered_for_an_hour() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    deliver(&db, at(30), "ops");
    announce(&db, at(330), &resolved(&alert, at(330)));
    deliver(&db, at(330), "ops");
    assert_eq!(retain(&db, 331, 10), 1);
    // It comes back, and keeps the interval of its group.
    announce(&db, at(340), &firing("disk", "a"));
    assert_eq!(outbox(&db, "ops")[0].due, at(630));
}

#[test]
fn the_age_is_kept_and_checked() {
    let db = with_ops();
    let days = |days: u64| Duration::from_secs(days * 86_400);
    assert_eq!(db.read(|tx| Ok(notify::retention(tx)?)).unwrap(), days(90));
    for (age, kind) in [
        (Duration::ZERO, ErrorKind::InvalidInput),
        (days(4_000), ErrorKind::Limit),
    ] {
        let refused = db.write(move |tx| Ok(notify::set_retention(tx, age)?));
        assert_eq!(Error::from(refused.unwrap_err()).kind(), kind);
    }
    db.write(move |tx| Ok(notify::set_retention(tx, days(7))?))
        .unwrap();
    assert_eq!(
        db.reopened().read(|tx| Ok(notify::retention(tx)?)).unwrap(),
        days(7)
    );
}

#[test]
fn an_end_of_what_is_forgotten_is_nothing_new() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &resolved(&alert, at(0)));
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_alert"), 0);
    assert_ne!(alert.fingerprint, Fingerprint::of("disk", &Labels::empty()));
}

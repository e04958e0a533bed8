//! What becomes of a message: sent, tried again, given up, cancelled.

use std::time::Duration;

use tidegate_stores::notify::{self, MessageState, Reason, Retry};
use tidegate_stores::{Error, ErrorKind, Id};

use super::{
    announce, claim, claim_one, deliver, fail, firing, message, next_due, outbox, sent, told,
    try_fail, with_ops,
};
use crate::support::{TestDb, at};

const SECOND: Duration = Duration::from_secs(1);

fn cancel(db: &TestDb, id: Id) -> Result<(), Error> {
    db.write(move |tx| Ok(notify::cancel(tx, at(40), id, "by\nhand")?))
        .map_err(Error::from)
}

fn retry_now(db: &TestDb, seconds: i64, id: Id) -> Result<Id, Error> {
    db.write(move |tx| Ok(notify::retry_now(tx, at(seconds), id)?))
        .map_err(Error::from)
}

#[test]
fn a_message_is_given_up_after_so_many_attempts() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let mut id = None;
    for attempt in 1..=notify::ATTEMPTS_MAX {
        let now = at(30 + i64::from(attempt));
        let delivery = claim_one(&db, now, "ops");
        assert_eq!(delivery.attempt, attempt);
        fail(&db, now, &delivery, Retry::After(SECOND));
        id = Some(delivery.id);
    }
    let given_up = message(&db, id.unwrap());
    assert_eq!(given_up.state, MessageState::Failed);
    assert_eq!(given_up.note.as_deref(), Some("refused"));
    // The group gets another one, later and later.
    let second = claim_one(&db, at(40 + 300), "ops");
    assert_eq!((second.attempt, second.reason), (1, Reason::New));
    fail(&db, at(340), &second, Retry::Never);
    assert_eq!(next_due(&db, at(340)), Some(at(340 + 600)));
    assert_eq!(told(&deliver(&db, at(940), "ops")), ["+a"]);
    assert_eq!(next_due(&db, at(940)), Some(at(940 + 4 * 3_600)));
}

#[test]
fn a_lease_that_ends_is_an_attempt_too() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    for attempt in 0..i64::from(notify::ATTEMPTS_MAX) {
        claim_one(&db, at(30 + attempt * 60), "ops");
    }
    assert_eq!(claim(&db, at(30 + 600), "ops"), []);
    assert_eq!(claim(&db, at(30 + 600 + 300), "ops").len(), 1);
}

#[test]
fn what_changes_after_giving_up_is_told_at_its_time() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let delivery = claim_one(&db, at(30), "ops");
    announce(&db, at(31), &firing("disk", "b"));
    fail(&db, at(32), &delivery, Retry::Never);
    assert_eq!(told(&deliver(&db, at(330), "ops")), ["+a", "+b"]);
}

#[test]
fn an_outcome_that_does_not_fit_is_refused() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let delivery = deliver(&db, at(30), "ops");
    let conflict = try_fail(&db, at(31), &delivery, Retry::Never).unwrap_err();
    assert_eq!(
        (conflict.kind(), conflict.found()),
        (ErrorKind::Conflict, Some("sent"))
    );
    let mut receipt = delivery.receipt();
    receipt.attempt = 2;
    let unknown = db.write(move |tx| Ok(notify::sent(tx, at(31), receipt, SECOND)?));
    assert_eq!(
        Error::from(unknown.unwrap_err()).kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn an_error_is_kept_on_one_line() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let delivery = claim_one(&db, at(30), "ops");
    let receipt = delivery.receipt();
    let error = format!("no\r\n\u{1b}[31m{}", "x".repeat(5_000));
    db.write(move |tx| {
        Ok(notify::failed(
            tx,
            at(31),
            receipt,
            SECOND,
            &error,
            Retry::Never,
        )?)
    })
    .unwrap();
    let entries = db
        .read(move |tx| Ok(notify::attempts(tx, delivery.id)?))
        .unwrap();
    let kept = entries[0].error.clone().unwrap();
    assert!(
        kept.starts_with("no\\r\\n\\u{1b}[31mxxx") && kept.ends_with('…'),
        "{kept}"
    );
    assert!(kept.len() <= notify::ERROR_BYTES_MAX);
}

#[test]
fn what_waits_can_be_cancelled() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let id = outbox(&db, "ops")[0].id;
    cancel(&db, id).unwrap();
    assert_eq!(message(&db, id).note.as_deref(), Some("by\\nhand"));
    assert_eq!(cancel(&db, id).unwrap_err().found(), Some("cancelled"));
    let later = deliver(&db, at(40 + 4 * 3_600), "ops");
    assert_eq!(told(&later), ["+a"]);
}

#[test]
fn what_is_under_way_can_neither_be_cancelled_nor_sent_now() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let delivery = claim_one(&db, at(30), "ops");
    assert_eq!(
        cancel(&db, delivery.id).unwrap_err().found(),
        Some("sending")
    );
    assert_eq!(
        retry_now(&db, 31, delivery.id).unwrap_err().found(),
        Some("sending")
    );
    sent(&db, at(31), &delivery);
    assert_eq!(
        retry_now(&db, 31, delivery.id).unwrap_err().found(),
        Some("sent")
    );
    assert_eq!(
        retry_now(&db, 31, Id::new(at(0))).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn what_waits_or_was_given_up_can_be_sent_now() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let id = outbox(&db, "ops")[0].id;
    assert_eq!(retry_now(&db, 5, id).unwrap(), id);
    let delivery = claim_one(&db, at(5), "ops");
    fail(&db, at(6), &delivery, Retry::Never);
    assert_eq!(claim(&db, at(7), "ops"), []);
    let next = retry_now(&db, 8, id).unwrap();
    assert_ne!(next, id);
    let again = deliver(&db, at(8), "ops");
    assert_eq!((again.id, told(&again)), (next, vec!["+a".to_owned()]));
    // What was sent is not repeated before its time, whoever wants it.
    let repeat = outbox(&db, "ops")[0].id;
    retry_now(&db, 9, repeat).unwrap();
    assert_eq!(claim(&db, at(9), "ops"), []);
    assert_eq!(next_due(&db, at(9)), Some(at(8 + 4 * 3_600)));
}

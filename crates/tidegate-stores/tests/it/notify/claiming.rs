//! Who gets a message, when, for how long.

use std::time::Duration;

use tidegate_stores::notify::{self, RateLimit, Reason, Retry};
use tidegate_stores::{Error, ErrorKind, Timestamp};

use super::{
    LEASE, announce, claim, claim_one, fail, firing, message, next_due, outbox, resolved, sent,
    target, told, with_ops, with_targets,
};
use crate::support::{TestDb, at};

fn due_targets(db: &TestDb, now: Timestamp) -> Vec<String> {
    db.read(move |tx| Ok(notify::due_targets(tx, now)?))
        .unwrap()
}

#[test]
fn a_lease_that_has_ended_is_given_to_the_next() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let lost = claim_one(&db, at(30), "ops");
    assert_eq!(lost.lease_until, at(90));
    assert_eq!(claim(&db, at(89), "ops"), []);
    assert_eq!(next_due(&db, at(89)), Some(at(90)));
    let again = claim_one(&db.reopened(), at(90), "ops");
    assert_eq!((again.id, again.attempt), (lost.id, 2));
}

#[test]
fn a_late_acknowledgement_counts() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let first = claim_one(&db, at(30), "ops");
    let second = claim_one(&db, at(90), "ops");
    sent(&db, at(91), &first);
    sent(&db, at(91), &first);
    fail(&db, at(92), &second, Retry::After(Duration::from_secs(1)));
    assert_eq!(next_due(&db, at(92)), Some(at(91 + 4 * 3_600)));
    let states: Vec<String> = db
        .read(move |tx| Ok(notify::attempts(tx, first.id)?))
        .unwrap()
        .iter()
        .map(|entry| entry.state.to_string())
        .collect();
    assert_eq!(states, ["sent", "failed"]);
}

#[test]
fn another_try_of_something_else_is_another_message() {
    let db = with_ops();
    let (a, b) = (firing("disk", "a"), firing("disk", "b"));
    announce(&db, at(0), &a);
    let first = claim_one(&db, at(30), "ops");
    fail(&db, at(30), &first, Retry::After(Duration::from_secs(5)));
    let same = claim_one(&db, at(35), "ops");
    assert_eq!((same.id, same.attempt), (first.id, 2));
    fail(&db, at(35), &same, Retry::After(Duration::from_secs(5)));
    announce(&db, at(36), &b);
    let other = claim_one(&db, at(40), "ops");
    assert_ne!(other.id, first.id);
    assert_eq!(
        (told(&other), other.attempt),
        (vec!["+a".into(), "+b".into()], 3)
    );
    let note = message(&db, first.id).note.unwrap();
    assert_eq!(note, "what there is to tell has changed since it was tried");
    fail(&db, at(40), &other, Retry::After(Duration::from_secs(5)));
    announce(&db, at(41), &resolved(&a, at(41)));
    announce(&db, at(41), &resolved(&b, at(41)));
    assert_eq!(claim(&db, at(45), "ops"), []);
    assert_eq!(outbox(&db, "ops"), []);
}

#[test]
fn no_more_than_the_target_takes_are_on_their_way() {
    let mut ops = target("ops");
    ops.concurrency = 2;
    let db = with_targets(vec![ops]);
    for name in ["a", "b", "c"] {
        announce(&db, at(0), &firing(name, "x"));
    }
    let under_way = claim(&db, at(30), "ops");
    assert_eq!(under_way.len(), 2);
    assert_eq!(due_targets(&db, at(30)), Vec::<String>::new());
    assert_eq!(next_due(&db, at(30)), Some(at(90)));
    sent(&db, at(31), &under_way[0]);
    assert_eq!(due_targets(&db, at(31)), ["ops"]);
    assert_eq!(claim(&db, at(31), "ops").len(), 1);
}

#[test]
fn no_more_than_the_rate_allows_are_tried() {
    let mut ops = target("ops");
    let period = Duration::from_secs(100);
    ops.rate_limit = Some(RateLimit { count: 2, period });
    let db = with_targets(vec![ops]);
    for name in ["a", "b", "c"] {
        announce(&db, at(0), &firing(name, "x"));
    }
    assert_eq!(claim(&db, at(30), "ops").len(), 2);
    assert_eq!(claim(&db, at(129), "ops"), []);
    assert_eq!(next_due(&db, at(129)), Some(at(130)));
    assert_eq!(due_targets(&db, at(130)), ["ops"]);
    assert_eq!(claim(&db, at(130), "ops").len(), 2);
}

#[test]
fn a_test_goes_the_whole_way() {
    let db = with_ops();
    let id = db
        .write(|tx| Ok(notify::test_message(tx, at(0), "ops")?))
        .unwrap();
    let test = claim_one(&db, at(0), "ops");
    assert_eq!(
        (test.id, test.reason, test.route.as_deref()),
        (id, Reason::Test, None)
    );
    assert_eq!(test.alerts[0].name, notify::TEST_ALERT);
    fail(&db, at(1), &test, Retry::After(Duration::from_secs(1)));
    let again = claim_one(&db, at(2), "ops");
    assert_eq!(
        (again.id, &again.alerts[0].alert),
        (id, &test.alerts[0].alert)
    );
    sent(&db, at(3), &again);
    assert_eq!(next_due(&db, at(3)), None);
}

#[test]
fn what_cannot_be_claimed_is_refused() {
    let db = with_ops();
    let refused = |target: &'static str, limit, lease| {
        let claimed = db.write(move |tx| Ok(notify::claim(tx, at(0), target, limit, lease)?));
        let error = Error::from(claimed.unwrap_err());
        (error.kind(), error.field().map(str::to_owned))
    };
    let field = |name: &str| Some(name.to_owned());
    assert_eq!(refused("nobody", 1, LEASE), (ErrorKind::NotFound, None));
    assert_eq!(
        refused("ops", 0, LEASE),
        (ErrorKind::InvalidInput, field("limit"))
    );
    assert_eq!(
        refused("ops", 101, LEASE),
        (ErrorKind::Limit, field("limit"))
    );
    assert_eq!(
        refused("ops", 1, Duration::ZERO),
        (ErrorKind::InvalidInput, field("lease"))
    );
    assert_eq!(
        refused("ops", 1, LEASE * 100),
        (ErrorKind::Limit, field("lease"))
    );
}

#[test]
fn a_clock_that_was_ahead_holds_nothing_up() {
    let year = 365 * 86_400;
    let db = with_ops();
    announce(&db, at(year), &firing("disk", "a"));
    let told_ahead = claim_one(&db, at(year + 30), "ops");
    sent(&db, at(year + 30), &told_ahead);
    announce(&db, at(year + 31), &firing("load", "a"));
    // The clock is right again: what was waiting goes, what was told waits for its repetition from now on.
    assert_eq!(next_due(&db, at(0)), Some(at(0)));
    let waiting = claim_one(&db, at(0), "ops");
    assert_eq!(waiting.alerts[0].name, "load");
    sent(&db, at(0), &waiting);
    assert_eq!(next_due(&db, at(0)), Some(at(4 * 3_600)));
    assert_eq!(claim(&db, at(4 * 3_600), "ops").len(), 2);
}

#[test]
fn a_lease_of_a_clock_that_was_ahead_is_over() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let ahead = claim_one(&db, at(86_400), "ops");
    let now = claim_one(&db, at(0), "ops");
    assert_eq!((now.id, now.attempt), (ahead.id, 2));
}

//! Following what happens, without gaps.

use tidegate_stores::alerts::{self, Settings, Severity, TransitionTail};
use tidegate_stores::{ErrorKind, Result};

use super::{open_manual, read, resolve, seconds, write};
use crate::support::{TestDb, at, open};

fn after(db: &TestDb, seq: u64, limit: usize) -> Result<TransitionTail> {
    read(db, move |tx| alerts::transitions_after(tx, seq, limit))
}

#[test]
fn whoever_follows_sees_each_transition_once() {
    let db = open();
    for n in 0..5 {
        open_manual(&db, at(n), &format!("x{n}"), Severity::Info);
    }
    let rolled_back = write(&db, |tx| {
        alerts::trigger(
            tx,
            at(5),
            alerts::Trigger::new("y", Severity::Info, "", "t"),
        )?;
        alerts::trigger(tx, at(5), alerts::Trigger::new("", Severity::Info, "", "t"))
    });
    rolled_back.unwrap_err();
    let db = db.reopened();
    open_manual(&db, at(6), "z", Severity::Info);
    let (mut seqs, mut next, mut more) = (Vec::new(), 0, true);
    while more {
        let tail = after(&db, next, 4).unwrap();
        assert_eq!(tail.missed, 0);
        seqs.extend(tail.transitions.iter().map(|transition| transition.seq));
        (next, more) = (tail.next, tail.more);
    }
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6]);
    assert_eq!(read(&db, alerts::last_transition).unwrap(), 6);
    assert_eq!(after(&db, 6, 4).unwrap().transitions, []);
}

#[test]
fn what_retention_has_removed_is_counted() {
    let db = open();
    let ids: Vec<_> = (0..4)
        .map(|n| open_manual(&db, at(n), &format!("x{n}"), Severity::Info))
        .collect();
    for id in &ids[1..3] {
        resolve(&db, at(10), *id).unwrap();
    }
    write(&db, |tx| {
        let mut settings = Settings::default();
        settings.keep_resolved = seconds(60);
        alerts::set_settings(tx, settings)?;
        alerts::retain_step(tx, at(100), 10)
    })
    .unwrap();
    let tail = after(&db, 0, 10).unwrap();
    let seqs: Vec<u64> = tail
        .transitions
        .iter()
        .map(|transition| transition.seq)
        .collect();
    assert_eq!((seqs, tail.missed, tail.next), (vec![1, 4], 4, 6));
    let first = after(&db, 0, 1).unwrap();
    assert_eq!((first.missed, first.next, first.more), (0, 1, true));
    assert_eq!(after(&db, 1, 1).unwrap().missed, 4);
    open_manual(&db, at(101), "new", Severity::Info);
    assert_eq!(after(&db, 6, 10).unwrap().transitions[0].seq, 7);
}

#[test]
fn a_number_that_is_not_there_yet_is_a_conflict() {
    let db = open();
    let error = after(&db, 1, 10).unwrap_err();
    assert_eq!(
        (error.kind(), error.found()),
        (ErrorKind::Conflict, Some("0"))
    );
    assert_eq!(after(&db, 0, 0).unwrap_err().field(), Some("limit"));
}

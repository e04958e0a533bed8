//! What the ledger shows: lists, single messages, the live tail, figures.

use std::time::Duration;

use tidegate_stores::notify::{
    self, Entry, EntryState, LedgerFilter, Retry, Tail, TargetStatistics,
};
use tidegate_stores::{Error, ErrorKind, Window};

use super::{
    announce, claim_one, deliver, fail, firing, outbox, resolved, sent, target, with_targets,
};
use crate::support::{TestDb, at};

/// Two targets; `ops` has got two alerts, one at the second attempt; `audit` still has one under way, and one that ended
/// before it was told.
fn with_history() -> TestDb {
    let db = with_targets(vec![target("audit"), target("ops")]);
    let (disk, load) = (firing("disk", "a"), firing("load", "b"));
    announce(&db, at(0), &disk);
    let refused = claim_one(&db, at(30), "ops");
    fail(&db, at(31), &refused, Retry::After(Duration::from_secs(9)));
    deliver(&db, at(40), "ops");
    claim_one(&db, at(50), "audit");
    announce(&db, at(60), &load);
    deliver(&db, at(90), "ops");
    announce(&db, at(95), &resolved(&load, at(95)));
    db
}

fn list(db: &TestDb, filter: &LedgerFilter, limit: usize) -> Vec<Entry> {
    let (mut entries, mut next) = (Vec::new(), None);
    loop {
        let filter = filter.clone();
        let page = db
            .read(move |tx| Ok(notify::ledger(tx, &filter, next.as_ref(), limit)?))
            .unwrap();
        entries.extend(page.items);
        next = page.next;
        if next.is_none() {
            return entries;
        }
    }
}

fn filter(set: impl FnOnce(&mut LedgerFilter)) -> LedgerFilter {
    let mut filter = LedgerFilter::default();
    set(&mut filter);
    filter
}

/// Each entry as target, attempt and state.
fn shown(entries: &[Entry]) -> Vec<String> {
    let show = |entry: &Entry| format!("{} {} {}", entry.target, entry.attempt, entry.state);
    entries.iter().map(show).collect()
}

fn after(db: &TestDb, seq: u64, limit: usize) -> Result<Tail, Error> {
    db.read(move |tx| Ok(notify::after(tx, seq, limit)?))
        .map_err(Error::from)
}

fn statistics(db: &TestDb, from: i64, to: i64) -> Vec<TargetStatistics> {
    let window = Window::between(at(from), at(to)).unwrap();
    db.read(move |tx| Ok(notify::statistics(tx, window)?))
        .unwrap()
}

#[test]
fn the_latest_attempt_comes_first() {
    let db = with_history();
    let expected = [
        "audit 0 cancelled",
        "ops 1 sent",
        "audit 1 pending",
        "ops 2 sent",
        "ops 1 failed",
    ];
    for limit in [1, 2, 5, 100] {
        assert_eq!(shown(&list(&db, &LedgerFilter::default(), limit)), expected);
    }
    let all = list(&db, &LedgerFilter::default(), 100);
    assert_eq!(all[0].error.as_deref(), Some("nothing is left to tell"));
    assert_eq!(all[1].latency, Some(Duration::from_millis(20)));
    let failed = &all[4];
    assert_eq!(
        (failed.error.as_deref(), failed.next_try),
        (Some("refused"), Some(at(40)))
    );
    assert_eq!(
        (failed.at, failed.finished_at, failed.firing),
        (at(30), Some(at(31)), 1)
    );
}

#[test]
fn filters_choose_entries() {
    let db = with_history();
    let check = |filter: LedgerFilter, expected: &[&str]| {
        assert_eq!(shown(&list(&db, &filter, 2)), expected, "{filter:?}");
    };
    check(
        filter(|one| one.targets = vec!["audit".into()]),
        &["audit 0 cancelled", "audit 1 pending"],
    );
    check(
        filter(|one| one.states = vec![EntryState::Sent]),
        &["ops 1 sent", "ops 2 sent"],
    );
    check(
        filter(|one| one.states = vec![EntryState::Pending, EntryState::Failed]),
        &["audit 1 pending", "ops 1 failed"],
    );
    check(
        filter(|one| {
            one.targets = vec!["ops".into(), "audit".into()];
            one.since = Some(at(90));
        }),
        &["audit 0 cancelled", "ops 1 sent"],
    );
    check(
        filter(|one| one.fingerprint = Some(firing("disk", "a").fingerprint)),
        &["audit 1 pending", "ops 2 sent", "ops 1 failed"],
    );
    check(
        filter(|one| one.fingerprint = Some(firing("load", "b").fingerprint)),
        &["ops 1 sent"],
    );
    check(
        filter(|one| one.targets = vec!["'; DROP TABLE tg_notify_entry; --".into()]),
        &[],
    );
    let many = filter(|one| one.targets = vec!["x".into(); notify::LEDGER_FILTER_VALUES_MAX + 1]);
    let error = db
        .read(move |tx| Ok(notify::ledger(tx, &many, None, 1)?))
        .unwrap_err();
    assert_eq!(Error::from(error).field(), Some("targets"));
}

#[test]
fn attempts_of_a_message_are_told_in_their_order() {
    let db = with_history();
    let failed = list(&db, &filter(|one| one.states = vec![EntryState::Failed]), 1).remove(0);
    let attempts = db
        .read(move |tx| Ok(notify::attempts(tx, failed.message)?))
        .unwrap();
    assert_eq!(shown(&attempts), ["ops 1 failed", "ops 2 sent"]);
    let unknown = db.read(|tx| Ok(notify::attempts(tx, tidegate_stores::Id::new(at(0)))?));
    assert_eq!(
        Error::from(unknown.unwrap_err()).kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn somebody_who_follows_sees_each_entry_as_it_is() {
    let db = with_targets(vec![target("ops")]);
    announce(&db, at(0), &firing("disk", "a"));
    assert_eq!(after(&db, 0, 10).unwrap().entries, []);
    let delivery = claim_one(&db, at(30), "ops");
    let first = after(&db, 0, 10).unwrap();
    assert_eq!(
        (shown(&first.entries), first.next),
        (vec!["ops 1 pending".to_owned()], 1)
    );
    sent(&db, at(31), &delivery);
    let second = after(&db, first.next, 10).unwrap();
    assert_eq!(
        (shown(&second.entries), second.next),
        (vec!["ops 1 sent".to_owned()], 2)
    );
    announce(&db, at(100), &firing("load", "a"));
    deliver(&db, at(130), "ops");
    let all = after(&db, 0, 1).unwrap();
    assert_eq!(
        (shown(&all.entries), all.next, all.more),
        (vec!["ops 1 sent".to_owned()], 2, true)
    );
    let rest = after(&db, all.next, 1).unwrap();
    assert_eq!(
        (rest.entries[0].seq, rest.next, rest.more, rest.missed),
        (4, 4, false, 0)
    );
    let ahead = after(&db, 5, 1).unwrap_err();
    assert_eq!(
        (ahead.kind(), ahead.found()),
        (ErrorKind::Conflict, Some("4"))
    );
    assert_eq!(db.read(|tx| Ok(notify::last_seq(tx)?)).unwrap(), 4);
}

#[test]
fn figures_tell_how_targets_are_doing() {
    let db = with_history();
    let all = statistics(&db, 0, 100);
    let (audit, ops) = (&all[0], &all[1]);
    assert_eq!((&*audit.target, &*ops.target), ("audit", "ops"));
    assert_eq!(
        (
            ops.sent,
            ops.failed,
            ops.waiting,
            ops.sending,
            ops.scheduled
        ),
        (2, 1, 0, 0, 2)
    );
    assert_eq!(
        (ops.latency_p50, ops.latency_p95),
        (
            Some(Duration::from_millis(20)),
            Some(Duration::from_millis(20))
        )
    );
    assert_eq!(
        (audit.sent, audit.failed, audit.sending, audit.scheduled),
        (0, 0, 1, 0)
    );
    assert_eq!(audit.latency_p50, None);
    announce(&db, at(200), &firing("new", "a"));
    let later = &statistics(&db, 100, 300)[1];
    assert_eq!(
        (later.sent, later.waiting, later.oldest_waiting),
        (0, 1, Some(Duration::from_secs(70)))
    );
}

#[test]
fn percentiles_are_those_of_what_was_sent() {
    let db = with_targets(vec![target("ops")]);
    for millis in 1..=20_u64 {
        let id = db
            .write(|tx| Ok(notify::test_message(tx, at(0), "ops")?))
            .unwrap();
        let receipt = claim_one(&db, at(0), "ops").receipt();
        assert_eq!(receipt.message, id);
        db.write(move |tx| {
            Ok(notify::sent(
                tx,
                at(0),
                receipt,
                Duration::from_millis(millis),
            )?)
        })
        .unwrap();
    }
    let ops = &statistics(&db, -10, 10)[0];
    assert_eq!(ops.latency_p50, Some(Duration::from_millis(10)));
    assert_eq!(ops.latency_p95, Some(Duration::from_millis(19)));
}

#[test]
fn the_outbox_is_told_in_the_order_of_due_times() {
    let db = with_targets(vec![target("ops")]);
    for n in 0..7 {
        announce(&db, at(n / 3), &firing(&n.to_string(), "a"));
    }
    let whole: Vec<_> = outbox(&db, "ops")
        .iter()
        .map(|message| (message.due, message.id))
        .collect();
    assert_eq!(whole.len(), 7);
    assert!(whole.is_sorted());
    let (mut paged, mut next) = (Vec::new(), None);
    loop {
        let page = db
            .read(move |tx| Ok(notify::outbox(tx, "ops", next.as_ref(), 2)?))
            .unwrap();
        paged.extend(page.items.iter().map(|message| (message.due, message.id)));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole);
}

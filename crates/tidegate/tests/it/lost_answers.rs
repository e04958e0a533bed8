//! What docs/concurrency.md says of futures that are dropped when their answer is there and was not taken.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use futures_core::Stream;
use tidegate::{ChangeEvent, Database, ErrorKind};
use tidegate_testkit::poll::{CountingWaker, WAKE_LIMIT, block_on, poll_once};

use crate::support::{TestDb, ids, open};

/// Less than the idle limit of a transaction, after which it would be rolled back.
const PATIENCE: Duration = Duration::from_secs(5);

const INSERT: &str = "INSERT INTO t (id) VALUES (?)";

/// Lets a future's work be done and drops it before it could tell; `None` if it was so quick as to tell at once.
fn lose_answer(future: impl Future) -> Option<()> {
    let wakes = CountingWaker::new();
    let mut future = pin!(future);
    if poll_once(future.as_mut(), &wakes).is_ready() {
        return None;
    }
    assert!(wakes.wait_beyond(0, WAKE_LIMIT), "answered");
    Some(())
}

/// Plays a scene again until the answer in it was lost.
fn until_lost(scene: impl Fn() -> Option<()>) {
    while scene().is_none() {}
}

fn opened() -> TestDb {
    block_on(open())
}

fn ids_in(db: &Database) -> Vec<i64> {
    block_on(ids(db))
}

#[test]
fn a_statement_is_in_the_transaction_that_goes_on() {
    until_lost(|| {
        let db = opened();
        let tx = block_on(db.begin()).unwrap();
        lose_answer(tx.execute(INSERT, (1,)))?;
        block_on(tx.commit()).unwrap();
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

#[test]
fn an_error_that_nobody_saw_ends_the_transaction() {
    until_lost(|| {
        let db = opened();
        let tx = block_on(db.begin()).unwrap();
        block_on(tx.execute(INSERT, (1,))).unwrap();
        lose_answer(tx.execute(INSERT, (1,)))?;
        let error = block_on(tx.commit()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        assert!(ids_in(&db).is_empty());
        Some(())
    });
}

#[test]
fn a_commit_has_happened() {
    until_lost(|| {
        let db = opened();
        let tx = block_on(db.begin()).unwrap();
        block_on(tx.execute(INSERT, (1,))).unwrap();
        lose_answer(tx.commit())?;
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

#[test]
fn a_savepoint_that_was_opened_for_nobody_does_not_shield_what_is_around_it() {
    until_lost(|| {
        let db = opened();
        let mut tx = block_on(db.begin()).unwrap();
        block_on(tx.execute(INSERT, (1,))).unwrap();
        let mut outer = block_on(tx.savepoint()).unwrap();
        block_on(outer.execute(INSERT, (2,))).unwrap();
        lose_answer(outer.savepoint())?;
        block_on(outer.execute(INSERT, (3,))).unwrap();
        block_on(outer.rollback()).unwrap();
        block_on(tx.commit()).unwrap();
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

#[test]
fn a_savepoint_that_was_opened_for_nobody_goes_with_the_commit_of_what_is_around_it() {
    until_lost(|| {
        let db = opened();
        let mut tx = block_on(db.begin()).unwrap();
        let mut outer = block_on(tx.savepoint()).unwrap();
        lose_answer(outer.savepoint())?;
        block_on(outer.execute(INSERT, (1,))).unwrap();
        block_on(outer.commit()).unwrap();
        let next = block_on(tx.savepoint()).unwrap();
        block_on(next.execute(INSERT, (2,))).unwrap();
        drop(next);
        block_on(tx.commit()).unwrap();
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

#[test]
fn a_savepoint_that_was_committed_leaves_what_is_around_it_alone() {
    until_lost(|| {
        let db = opened();
        let mut tx = block_on(db.begin()).unwrap();
        let mut outer = block_on(tx.savepoint()).unwrap();
        block_on(outer.execute(INSERT, (1,))).unwrap();
        let inner = block_on(outer.savepoint()).unwrap();
        block_on(inner.execute(INSERT, (2,))).unwrap();
        lose_answer(inner.commit())?;
        block_on(outer.commit()).unwrap();
        block_on(tx.commit()).unwrap();
        assert_eq!(ids_in(&db), [1, 2]);
        Some(())
    });
}

#[test]
fn a_savepoint_that_was_rolled_back_leaves_what_is_around_it_alone() {
    until_lost(|| {
        let db = opened();
        let mut tx = block_on(db.begin()).unwrap();
        let mut outer = block_on(tx.savepoint()).unwrap();
        block_on(outer.execute(INSERT, (1,))).unwrap();
        let inner = block_on(outer.savepoint()).unwrap();
        block_on(inner.execute(INSERT, (2,))).unwrap();
        lose_answer(inner.rollback())?;
        block_on(outer.commit()).unwrap();
        block_on(tx.commit()).unwrap();
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

#[test]
fn a_blob_that_was_opened_for_nobody_is_closed() {
    let db = opened();
    block_on(db.execute("INSERT INTO t VALUES (1, zeroblob(9))", ())).unwrap();
    let mut tx = block_on(db.begin()).unwrap();
    lose_answer(tx.blob_writer("t", "v", 1));
    let next = tx.execute(INSERT, (2,)).deadline(PATIENCE);
    block_on(next).unwrap();
    block_on(tx.commit()).unwrap();
    lose_answer(db.blob_reader("t", "v", 1));
    assert_eq!(ids_in(&db), [1, 2]);
}

#[test]
fn a_transaction_that_was_opened_for_nobody_is_over() {
    until_lost(|| {
        let db = opened();
        lose_answer(db.begin())?;
        block_on(db.execute(INSERT, (1,))).unwrap();
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

#[test]
fn a_write_has_happened() {
    until_lost(|| {
        let db = opened();
        lose_answer(db.execute(INSERT, (1,)))?;
        assert_eq!(ids_in(&db), [1]);
        Some(())
    });
}

/// The group that the second write joins began when nobody listened.
#[test]
fn a_write_that_is_made_after_subscribing_is_told_although_its_group_is_older() {
    let db = opened();
    let (entered, has_entered) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let mut first = pin!(db.write(move |tx| {
        tx.execute(INSERT, (1,))?;
        entered.send(()).expect("the test waits");
        may_go_on.recv().expect("the test goes on");
        Ok(())
    }));
    let wakes = CountingWaker::new();
    assert!(poll_once(first.as_mut(), &wakes).is_pending());
    has_entered.recv().expect("the closure runs");
    let mut changes = db.changes();
    let mut second = pin!(db.execute(INSERT, (2,)));
    assert!(poll_once(second.as_mut(), &wakes).is_pending());
    go_on.send(()).expect("the closure waits");
    block_on(first).unwrap();
    block_on(second).unwrap();

    let mut told = Vec::new();
    while let Poll::Ready(Some(ChangeEvent::Committed(set))) = next_now(&mut changes) {
        told.extend(set.changes.iter().map(|change| change.rowid));
    }
    assert!(told.contains(&2), "{told:?}");
}

fn next_now<S: Stream + Unpin>(stream: &mut S) -> Poll<Option<S::Item>> {
    let mut next = pin!(std::future::poll_fn(
        |cx| Pin::new(&mut *stream).poll_next(cx)
    ));
    poll_once(next.as_mut(), &CountingWaker::new())
}

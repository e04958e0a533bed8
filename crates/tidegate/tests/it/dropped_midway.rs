//! What docs/concurrency.md says of futures that are dropped before their answer is there.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use tidegate::{Batch, Database, Error, ErrorKind, Migration, Migrations, Result, Tx};
use tidegate_testkit::poll::{CountingWaker, block_on, poll_once};
use tidegate_testkit::wait_until;

use crate::support::{TestDb, ids, open};

const INSERT: &str = "INSERT INTO t (id) VALUES (?)";
const RUNAWAY: &str =
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
const PATIENCE: Duration = Duration::from_secs(20);

fn opened() -> TestDb {
    block_on(open())
}

fn ids_in(db: &Database) -> Vec<i64> {
    block_on(ids(db))
}

/// Polls a future for the first time; its work is on its way then.
fn begin<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    assert!(poll_once(future.as_mut(), &CountingWaker::new()).is_pending());
    future
}

/// A closure that tells when it runs, and then runs until it is stopped.
fn endless() -> (
    impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
    Receiver<()>,
) {
    let (tell, told) = mpsc::channel();
    let work = move |tx: &mut Tx<'_>| {
        tx.execute(INSERT, (99,))?;
        tell.send(()).map_err(Error::application)?;
        tx.query_scalar::<i64>(RUNAWAY, ()).map(drop)
    };
    (work, told)
}

/// A closure that tells when it runs, and goes on when it is told to.
fn held() -> (
    impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
    Receiver<()>,
    Sender<()>,
) {
    let (tell, told) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let work = move |_: &mut Tx<'_>| {
        tell.send(()).map_err(Error::application)?;
        may_go_on.recv().map_err(Error::application)
    };
    (work, told, go_on)
}

fn assert_over(outcome: Result<()>) {
    let error = outcome.expect_err("the transaction is over");
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
}

#[test]
fn a_running_write_is_undone() {
    let db = opened();
    let (work, runs) = endless();
    let call = begin(db.write(work));
    runs.recv().unwrap();
    drop(call);
    block_on(db.execute(INSERT, (1,))).unwrap();
    assert_eq!(ids_in(&db), [1]);
}

#[test]
fn a_waiting_write_never_runs() {
    let db = opened();
    let (work, runs, go_on) = held();
    let first = begin(db.write(work));
    runs.recv().unwrap();
    drop(begin(db.execute(INSERT, (1,))));
    assert_eq!(db.stats().write_lane.queued, 0, "its place is free at once");
    go_on.send(()).unwrap();
    block_on(first).unwrap();
    assert!(ids_in(&db).is_empty());
}

#[test]
fn a_forgotten_write_happens() {
    let db = opened();
    std::mem::forget(begin(db.execute(INSERT, (1,))));
    assert!(wait_until(PATIENCE, || ids_in(&db) == [1]));
}

#[test]
fn of_an_independent_batch_nothing_stays() {
    let db = opened();
    let batch = Batch::independent()
        .execute(INSERT, (1,))
        .execute(format!("INSERT INTO t (id) {RUNAWAY}"), ());
    let call = begin(db.batch(batch));
    let runs = || db.stats().write_lane.in_flight > db.stats().write_lane.queued;
    assert!(wait_until(PATIENCE, runs));
    drop(call);
    assert!(ids_in(&db).is_empty());
}

#[test]
fn a_running_call_takes_its_transaction_along() {
    let db = opened();
    let tx = block_on(db.begin()).unwrap();
    block_on(tx.execute(INSERT, (1,))).unwrap();
    let (work, runs) = endless();
    let call = begin(tx.run(work));
    runs.recv().unwrap();
    drop(call);
    assert_over(block_on(tx.execute(INSERT, (2,))).map(drop));
    assert_over(block_on(tx.commit()));
    assert!(ids_in(&db).is_empty());
}

/// Whatever a polled and unanswered call would have done.
#[test]
fn a_waiting_call_takes_its_transaction_along() {
    check_waiting(|tx| drop(begin(tx.execute(INSERT, (2,)))));
    check_waiting(|tx| drop(begin(tx.query::<i64>("SELECT id FROM t", ()))));
    check_waiting(|tx| drop(begin(tx.read(|_| Ok(())))));
    check_waiting(|tx| drop(begin(tx.execute_batch("SELECT 1"))));
    check_waiting(|tx| drop(begin(tx.savepoint())));
    check_waiting(|tx| drop(begin(tx.blob_writer("t", "v", 1))));
}

fn check_waiting(drop_one: impl FnOnce(&mut tidegate::Transaction)) {
    let db = opened();
    let mut tx = block_on(db.begin()).unwrap();
    block_on(tx.execute(INSERT, (1,))).unwrap();
    let (work, runs, go_on) = held();
    let first = begin(tx.run(work));
    runs.recv().unwrap();
    drop_one(&mut tx);
    go_on.send(()).unwrap();
    let _ = block_on(first);
    assert_over(block_on(tx.commit()));
    assert!(ids_in(&db).is_empty());
}

#[test]
fn a_waiting_end_of_a_savepoint_takes_the_transaction_along() {
    for keep in [true, false] {
        let db = opened();
        let mut tx = block_on(db.begin()).unwrap();
        block_on(tx.execute(INSERT, (1,))).unwrap();
        let savepoint = block_on(tx.savepoint()).unwrap();
        let (work, runs, go_on) = held();
        let first = begin(savepoint.run(work));
        runs.recv().unwrap();
        match keep {
            true => drop(begin(savepoint.commit())),
            false => drop(begin(savepoint.rollback())),
        }
        go_on.send(()).unwrap();
        let _ = block_on(first);
        assert_over(block_on(tx.commit()));
        assert!(ids_in(&db).is_empty());
    }
}

#[test]
fn what_was_never_polled_leaves_the_transaction_as_it_is() {
    let db = opened();
    let mut tx = block_on(db.begin()).unwrap();
    block_on(tx.execute(INSERT, (1,))).unwrap();
    drop(tx.execute(INSERT, (2,)));
    drop(tx.savepoint());
    let savepoint = block_on(tx.savepoint()).unwrap();
    block_on(savepoint.execute(INSERT, (3,))).unwrap();
    drop(savepoint.commit());
    block_on(tx.commit()).unwrap();
    assert_eq!(ids_in(&db), [1]);

    let tx = block_on(db.begin()).unwrap();
    block_on(tx.execute(INSERT, (4,))).unwrap();
    drop(tx.commit());
    assert_eq!(ids_in(&db), [1]);
}

#[test]
fn a_waiting_begin_opens_nothing() {
    let db = opened();
    let (work, runs, go_on) = held();
    let first = begin(db.write(work));
    runs.recv().unwrap();
    drop(begin(db.begin()));
    go_on.send(()).unwrap();
    block_on(first).unwrap();
    block_on(db.execute(INSERT, (1,))).unwrap();
}

#[test]
fn calls_of_a_dropped_transaction_are_served_before_it_ends() {
    let db = opened();
    let tx = block_on(db.begin()).unwrap();
    let (work, runs, go_on) = held();
    let first = begin(tx.run(work));
    runs.recv().unwrap();
    let second = begin(tx.execute(INSERT, (1,)));
    drop(tx);
    go_on.send(()).unwrap();
    block_on(first).unwrap();
    assert_eq!(block_on(second).unwrap(), 1);
    assert!(ids_in(&db).is_empty());
}

#[test]
fn a_call_belongs_to_what_is_open_when_it_is_polled() {
    let db = opened();
    let mut tx = block_on(db.begin()).unwrap();
    let (early, late) = (tx.execute(INSERT, (1,)), tx.execute(INSERT, (2,)));
    let savepoint = block_on(tx.savepoint()).unwrap();
    block_on(early).unwrap();
    block_on(savepoint.rollback()).unwrap();
    block_on(tx.commit()).unwrap();
    let error = block_on(late).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    assert!(ids_in(&db).is_empty());
}

#[test]
fn a_snapshot_goes_on_without_a_call_that_was_dropped() {
    let db = opened();
    block_on(db.execute(INSERT, (1,))).unwrap();
    let snapshot = block_on(db.snapshot()).unwrap();
    block_on(db.execute(INSERT, (2,))).unwrap();
    drop(begin(snapshot.query_scalar::<i64>(RUNAWAY, ())));
    let seen: Vec<i64> = block_on(snapshot.query("SELECT id FROM t", ())).unwrap();
    assert_eq!(seen, [1]);
}

#[test]
fn a_migration_goes_on_after_its_first_step() {
    let db = opened();
    let (tell, told) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = std::sync::Mutex::new(may_go_on);
    let migrations = Migrations::new([
        Migration::sql("one", "CREATE TABLE one (x)"),
        Migration::closure("two", move |_| {
            tell.send(()).map_err(Error::application)?;
            let may_go_on = may_go_on.lock().expect("nobody panicked");
            may_go_on.recv().map_err(Error::application)
        }),
        Migration::sql("three", "CREATE TABLE three (x)"),
    ]);
    let call = begin(db.migrate(&migrations));
    told.recv().unwrap();
    drop(call);
    go_on.send(()).unwrap();
    let done = || block_on(db.migrations_status(&migrations)).unwrap().version == 3;
    assert!(wait_until(PATIENCE, done));
}

#[test]
fn closing_goes_on() {
    let db = opened();
    drop(db.close());
    block_on(db.execute(INSERT, (1,))).expect("never polled: not begun");
    drop(begin(db.close()));
    block_on(db.close()).unwrap();
    let error = block_on(db.execute(INSERT, (2,))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[test]
fn a_write_beside_ones_own_transaction_waits_for_its_deadline() {
    let file = opened();
    let memory = block_on(Database::open_in_memory()).unwrap();
    for db in [&file.db, &memory] {
        let tx = block_on(db.begin()).unwrap();
        let beside = db.execute("CREATE TABLE u (x)", ());
        let error = block_on(beside.deadline(Duration::from_millis(20))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline);
        block_on(tx.commit()).unwrap();
        block_on(db.execute("CREATE TABLE u (x)", ())).unwrap();
    }
}

#[test]
fn an_opening_that_is_dropped_leaves_a_file_that_can_be_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fresh.db");
    drop(Database::open(&path));
    assert!(!path.exists());
    drop(begin(Database::open(&path)));
    let db = block_on(Database::open(&path)).unwrap();
    block_on(db.close()).unwrap();
}

//! The acceptance cases: what a caller may rely on, each as a named test.

mod cancel_every_poll;
mod cancel_random;
mod checkpoints;
mod closing;
mod deadlines;
mod figures;
mod nested_reads;
mod never_waits;
mod partial_failure;
mod punctuality;
mod runaway;
mod savepoints;
mod savepoints_model;
mod snapshots;
mod stalls;

use std::time::Duration;

use tidegate::{CallClass, Database};
use tidegate_testkit::wait_until;

/// More than any test should ever wait for an event that is certain to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A query that never ends by itself.
const RUNAWAY: &str =
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

const CLASSES: [CallClass; 5] = [
    CallClass::Read,
    CallClass::Write,
    CallClass::Transaction,
    CallClass::Stream,
    CallClass::Maintenance,
];

/// Waits until nothing is on its way any more, and checks the books: every call that began has ended, once.
fn assert_settled(db: &Database) {
    let settled = || {
        let stats = db.stats();
        let lanes = [stats.read_lane, stats.write_lane];
        let waiting = lanes
            .iter()
            .any(|lane| lane.in_flight + lane.queued + lane.waiting > 0);
        let in_flight = CLASSES
            .iter()
            .any(|&class| stats.calls.of(class).in_flight > 0);
        !waiting && !in_flight && stats.readers.active == 0
    };
    assert!(wait_until(PATIENCE, settled), "in flight: {:?}", db.stats());
    for class in CLASSES {
        let calls = db.stats().calls.of(class).clone();
        assert_eq!(
            calls.started,
            calls.succeeded + calls.errors.total(),
            "{class:?}: {calls:?}"
        );
    }
    let readers = db.stats().readers;
    assert!(readers.active + readers.idle <= readers.max, "{readers:?}");
}

/// Checks from outside that nobody holds a transaction open.
fn assert_no_transaction_open(path: &std::path::Path) {
    let other = rusqlite::Connection::open(path).expect("opens");
    let can_write = || other.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok();
    assert!(wait_until(PATIENCE, can_write), "a transaction is open");
}

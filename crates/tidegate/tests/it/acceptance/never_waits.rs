//! Nothing waits on its caller's thread: every kind of call is made, polled and dropped while each connection is stuck.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;

use tidegate::{Batch, CheckpointMode, Database, Migration, Migrations, Result};
use tidegate_testkit::poll::{CountingWaker, block_on, poll_once};
use tidegate_testkit::wait_until;

use super::PATIENCE;
use crate::support::{TestDb, open_with};

const INSERT: &str = "INSERT INTO t VALUES (NULL, ?)";
const COUNT: &str = "SELECT count(*) FROM t";
/// Room in each queue: for so many calls, and not for the next one.
const ROOM: usize = 2;

type Kind = (&'static str, fn(&Database));

const KINDS: &[Kind] = &[
    ("execute", |db| waits(db.execute(INSERT, (1,)))),
    ("execute_batch", |db| {
        waits(db.execute_batch("DELETE FROM t"))
    }),
    ("execute_many", |db| {
        waits(db.execute_many(INSERT, [(1,), (2,)]))
    }),
    ("batch, atomic", |db| {
        waits(db.batch(Batch::atomic().execute(INSERT, (1,))))
    }),
    ("batch, independent", |db| {
        waits(db.batch(Batch::independent().execute(INSERT, (1,))))
    }),
    ("write", |db| waits(db.write(|tx| tx.execute(INSERT, (1,))))),
    ("begin", |db| waits(db.begin())),
    ("vacuum", |db| waits(db.vacuum())),
    ("optimize", |db| waits(db.optimize())),
    ("migrate", |db| {
        waits(db.migrate(&Migrations::new([Migration::sql("one", "DELETE FROM t")])))
    }),
    ("query", |db| waits(db.query::<(i64,)>(COUNT, ()))),
    ("query that writes", |db| {
        waits(db.query::<(i64,)>("DELETE FROM t RETURNING id", ()))
    }),
    ("query_scalar", |db| {
        waits(db.query_scalar::<i64>(COUNT, ()))
    }),
    ("read", |db| {
        waits(db.read(|tx| tx.query_scalar::<i64>(COUNT, ())))
    }),
    ("snapshot", |db| waits(db.snapshot())),
    ("stream", |db| waits(db.stream::<(i64,)>(COUNT, ()).next())),
    ("blob_reader", |db| waits(db.blob_reader("t", "v", 1))),
    ("watch", |db| waits(db.watch::<(i64,)>(COUNT, ()).next())),
    ("changes", |db| waits(db.changes().next())),
    ("checkpoint", |db| {
        is_polled(db.checkpoint(CheckpointMode::Truncate))
    }),
    ("integrity_check", |db| is_polled(db.integrity_check())),
    ("stats", |db| drop(db.stats())),
    ("clone", |db| drop(db.clone())),
];

/// Polls once, sees that it waits, and drops it.
fn waits(call: impl Future) {
    assert!(poll_once(pin!(call), &CountingWaker::new()).is_pending());
}

/// The same for what needs none of the connections that are stuck, and may be there at once.
fn is_polled(call: impl Future) {
    let _ = poll_once(pin!(call), &CountingWaker::new());
}

/// A database whose writer and whose only reader run closures that do not return before its end.
struct Stuck {
    /// Dropped first, it lets both return.
    _release: [Sender<()>; 2],
    calls: Vec<Held>,
    db: TestDb,
}

/// A call that has been polled.
type Held = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Stuck {
    fn open() -> Self {
        let db = block_on(open_with(|options| {
            options.readers(1).reader_queue(ROOM).writer_queue(ROOM)
        }));
        let (in_write, release_write) = closure_that_waits();
        let (in_read, release_read) = closure_that_waits();
        let calls = vec![held(db.write(|_| in_write())), held(db.read(|_| in_read()))];
        let both_run = || db.stats().write_lane.queued + db.stats().read_lane.queued == 0;
        assert!(wait_until(PATIENCE, both_run));
        Self {
            _release: [release_write, release_read],
            calls,
            db,
        }
    }

    /// Leaves no room in any queue.
    fn fill_queues(&mut self) {
        for _ in 0..ROOM {
            self.calls.push(held(self.db.execute(INSERT, (1,))));
            self.calls
                .push(held(self.db.query_scalar::<i64>(COUNT, ())));
        }
    }
}

/// A closure that returns when the other end is dropped.
fn closure_that_waits() -> (impl FnOnce() -> Result<bool> + Send + 'static, Sender<()>) {
    let (release, released) = channel::<()>();
    (move || Ok(released.recv().is_ok()), release)
}

/// Polls a call, so that it is on its way as long as it is held.
fn held(call: impl Future + Send + 'static) -> Held {
    let mut call = Box::pin(async move { drop(call.await) });
    assert!(poll_once(call.as_mut(), &CountingWaker::new()).is_pending());
    call
}

/// Goes through all kinds on a thread, and sees that it gets to the end.
fn check(stuck: &Stuck) {
    let (tell, told) = channel();
    let db = stuck.db.db.clone();
    let caller = thread::spawn(move || {
        for (kind, call) in KINDS {
            tell.send(*kind).unwrap();
            call(&db);
        }
    });
    let mut current = "none";
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(next) => current = next,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("{current} waits on its caller's thread"),
        }
    }
    assert!(caller.join().is_ok(), "at {current}");
}

#[test]
fn no_call_waits_on_its_callers_thread_while_the_connections_are_stuck() {
    check(&Stuck::open());
}

#[test]
fn no_call_waits_on_its_callers_thread_while_the_queues_are_full_as_well() {
    let mut stuck = Stuck::open();
    stuck.fill_queues();
    check(&stuck);
}

#[test]
fn no_call_of_a_stuck_transaction_waits_on_its_callers_thread() {
    let db = block_on(open_with(|options| options));
    let tx = block_on(db.begin()).unwrap();
    let (in_run, release) = closure_that_waits();
    let run = held(tx.run(|_| in_run()));
    let caller = thread::spawn(move || {
        waits(tx.execute(INSERT, (1,)));
        // That ended the transaction, and the others may be told so at once.
        is_polled(tx.query_scalar::<i64>(COUNT, ()));
        is_polled(tx.commit());
    });
    assert!(wait_until(PATIENCE, || caller.is_finished()));
    caller.join().unwrap();
    drop((release, run));
}

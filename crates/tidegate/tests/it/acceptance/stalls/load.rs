//! What runs beside the ticker: mixed calls of the driver, and the same work done by plain threads.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tidegate::Database;

use super::super::RUNAWAY;
use crate::support::TestDb;

/// Threads that read, in both loads; one more writes.
pub(super) const READERS: usize = 2;
const TASKS: usize = 16;
/// One in so many calls is preceded by one that blocks, if the load is to block.
const BLOCKS_ONE_IN: usize = 200;
/// How long a call blocks that waits.
const BLOCK: Duration = Duration::from_millis(6);

const POINT_READ: &str = "SELECT id FROM t WHERE id = ?";
const SLOW_READ: &str = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 50000) SELECT count(*) FROM c";
const INSERT: &str = "INSERT INTO t VALUES (NULL, ?)";
const MANY: i64 = 100;

/// What runs beside the ticker.
#[derive(Debug, Clone, Copy)]
pub(super) enum Load {
    /// As many threads as the driver has connections, each of which runs the closures that it is sent.
    PlainThreads,
    /// The driver, called by tasks that block their executor like this.
    Driver(Blocking),
}

/// What a task does wrong, now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocking {
    Never,
    /// It waits on the executor's thread for a call to be answered.
    Waiting,
    /// It runs a query on the executor's thread.
    Computing,
}

impl Load {
    /// So many calls, by all tasks together.
    pub(super) async fn run(self, db: &TestDb, calls: usize) {
        match self {
            Self::PlainThreads => {
                let threads = PlainThreads::start(&db.dir.path().join("test.db"));
                in_tasks(calls, move |n| threads.clone().call(n)).await;
            }
            Self::Driver(blocking) => {
                let caller = Caller::new(db.db.clone(), blocking);
                in_tasks(calls, move |n| caller.clone().call(n)).await;
            }
        }
    }
}

async fn in_tasks<F>(calls: usize, call: impl Fn(usize) -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let work = |task| {
        let call = call.clone();
        async move {
            for n in (task..calls).step_by(TASKS) {
                call(n).await;
            }
        }
    };
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(work(task))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// The kinds of calls.
enum Kind {
    PointRead,
    SlowRead,
    Insert,
    InsertByClosure,
    InsertMany,
    Transaction,
    Stream,
}

impl Kind {
    fn of(n: usize) -> Self {
        match n % 50 {
            0 => Self::SlowRead,
            1 => Self::InsertMany,
            2..10 => Self::Insert,
            10..14 => Self::InsertByClosure,
            14 => Self::Transaction,
            15..20 => Self::Stream,
            _ => Self::PointRead,
        }
    }
}

/// A user of the driver.
#[derive(Clone)]
struct Caller {
    db: Database,
    blocking: Blocking,
    /// Of its own, to run queries where it should not.
    connection: Arc<Mutex<Connection>>,
}

impl Caller {
    fn new(db: Database, blocking: Blocking) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        Self {
            db,
            blocking,
            connection: Arc::new(Mutex::new(connection)),
        }
    }

    async fn call(self, n: usize) {
        if n.is_multiple_of(BLOCKS_ONE_IN) {
            self.block();
        }
        self.call_rightly(n).await.unwrap();
    }

    fn block(&self) {
        match self.blocking {
            Blocking::Never => {}
            Blocking::Waiting => {
                let call = self.db.query_scalar::<i64>(RUNAWAY, ());
                call.deadline(BLOCK).wait().unwrap_err();
            }
            Blocking::Computing => scalar(&self.connection.lock().unwrap(), SLOW_READ),
        }
    }

    async fn call_rightly(&self, n: usize) -> tidegate::Result<()> {
        let (db, n) = (&self.db, n as i64);
        match Kind::of(n as usize) {
            Kind::PointRead => db.query::<(i64,)>(POINT_READ, (n,)).await.map(drop),
            Kind::SlowRead => db.query_scalar::<i64>(SLOW_READ, ()).await.map(drop),
            Kind::Insert => db.execute(INSERT, (n,)).await.map(drop),
            Kind::InsertByClosure => {
                let insert = db.write(move |tx| tx.execute(INSERT, (n,)));
                insert.await.map(drop)
            }
            Kind::InsertMany => {
                let rows = (0..MANY).map(|v| (v,));
                db.execute_many(INSERT, rows).await.map(drop)
            }
            Kind::Transaction => {
                let tx = db.begin().await?;
                tx.execute(INSERT, (n,)).await?;
                tx.commit().await
            }
            Kind::Stream => {
                let mut rows = db.stream::<(i64,)>(POINT_READ, (n,));
                while let Some(row) = rows.next().await {
                    row?;
                }
                Ok(())
            }
        }
    }
}

/// Threads with a connection each: one that writes, and some that read.
#[derive(Clone)]
struct PlainThreads {
    writer: Sender<Job>,
    readers: Vec<Sender<Job>>,
}

type Job = Box<dyn FnOnce(&Connection) + Send>;

impl PlainThreads {
    fn start(path: &Path) -> Self {
        Self {
            writer: plain_thread(path),
            readers: (0..READERS).map(|_| plain_thread(path)).collect(),
        }
    }

    async fn call(self, n: usize) {
        let reader = &self.readers[n % READERS];
        let number = n as i64;
        match Kind::of(n) {
            Kind::PointRead | Kind::Stream => {
                let read = move |connection: &Connection| point_read(connection, number);
                answered(reader, read).await;
            }
            Kind::SlowRead => answered(reader, |connection| scalar(connection, SLOW_READ)).await,
            Kind::Insert | Kind::InsertByClosure | Kind::Transaction => {
                let insert = move |connection: &Connection| insert(connection, [number]);
                answered(&self.writer, insert).await;
            }
            Kind::InsertMany => {
                let insert = |connection: &Connection| insert(connection, 0..MANY);
                answered(&self.writer, insert).await;
            }
        }
    }
}

fn plain_thread(path: &Path) -> Sender<Job> {
    let (sender, jobs) = channel::<Job>();
    let connection = Connection::open(path).unwrap();
    thread::spawn(move || jobs.into_iter().for_each(|job| job(&connection)));
    sender
}

/// Sends the work to the thread and waits, as a task does, for it to be done.
async fn answered(thread: &Sender<Job>, work: impl FnOnce(&Connection) + Send + 'static) {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let job = move |connection: &Connection| {
        work(connection);
        let _ = answer.send(());
    };
    thread.send(Box::new(job)).unwrap();
    answered.await.unwrap();
}

fn scalar(connection: &Connection, sql: &str) {
    let read = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
    connection.query_row(sql, [], read).unwrap();
}

fn point_read(connection: &Connection, id: i64) {
    let mut statement = connection.prepare(POINT_READ).unwrap();
    let rows = statement
        .query_map([id], |row| row.get::<_, i64>(0))
        .unwrap();
    rows.for_each(|id| assert!(id.is_ok()));
}

fn insert(connection: &Connection, values: impl IntoIterator<Item = i64>) {
    let transaction = connection.unchecked_transaction().unwrap();
    for value in values {
        transaction.execute(INSERT, [value]).unwrap();
    }
    transaction.commit().unwrap();
}

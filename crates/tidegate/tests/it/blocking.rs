//! The blocking handle: the same calls, the same answers, beside async callers of the same database.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tidegate::blocking::Database;
use tidegate::{
    Batch, CancelToken, ChangeEvent, CheckpointMode, ErrorKind, Migration, Migrations, Options,
    ZeroBlob,
};

const RUNAWAY: &str =
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
const SHORT: Duration = Duration::from_millis(50);
/// Long enough for any machine; never waited for to its end where all is well.
const AMPLE: Duration = Duration::from_secs(10);

fn open() -> (Database, TempDir) {
    open_with(|options| options)
}

fn open_with(set: impl FnOnce(Options) -> Options) -> (Database, TempDir) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let options = set(Options::new(dir.path().join("test.db")));
    let db = options.open_blocking().expect("opens");
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", ())
        .expect("creates the table");
    (db, dir)
}

fn insert(db: &Database, id: i64) {
    let inserted = db.execute("INSERT INTO t VALUES (?, ?)", (id, id));
    assert_eq!(inserted.unwrap(), 1);
}

fn ids(db: &Database) -> Vec<i64> {
    db.query("SELECT id FROM t ORDER BY id", ()).unwrap()
}

#[test]
fn every_statement_and_closure_answers() {
    let (db, _dir) = open();
    insert(&db, 1);
    db.execute_batch("INSERT INTO t VALUES (2, 'two'); INSERT INTO t VALUES (3, 'three')")
        .unwrap();
    let many = db.execute_many("INSERT INTO t VALUES (?, 'more')", [(4,), (5,)]);
    assert_eq!(many.unwrap(), 2);
    assert_eq!(ids(&db), [1, 2, 3, 4, 5]);
    let two: (i64, String) = db
        .query_one("SELECT id, v FROM t WHERE id = ?", (2,))
        .unwrap();
    assert_eq!(two, (2, "two".to_owned()));
    let none: Option<i64> = db.query_opt("SELECT id FROM t WHERE id = 9", ()).unwrap();
    assert_eq!(none, None);
    let read: i64 = db
        .read(|tx| tx.query_scalar("SELECT count(*) FROM t", ()))
        .unwrap();
    assert_eq!(read, 5);
    let written = db.write(|tx| tx.execute("DELETE FROM t WHERE id > ?", (3,)));
    assert_eq!(written.unwrap(), 2);
    db.close().unwrap();
    assert_eq!(
        db.execute("DELETE FROM t", ()).unwrap_err().kind(),
        ErrorKind::Closed
    );
}

#[test]
fn a_batch_tells_the_failing_item() {
    let (db, _dir) = open();
    let items = |batch: Batch| {
        batch
            .execute("INSERT INTO t VALUES (1, 1)", ())
            .execute("INSERT INTO t VALUES (1, 1)", ())
    };
    let refused = db.batch(items(Batch::atomic())).unwrap_err();
    assert_eq!((refused.item(), ids(&db).len()), (Some(1), 0));
    let results = db.batch(items(Batch::independent())).unwrap();
    assert!(results[0].is_ok() && results[1].is_err());
}

#[test]
fn transactions_savepoints_and_snapshots_nest_as_their_twins() {
    let (db, _dir) = open();
    let snapshot = db.snapshot().unwrap();
    let mut tx = db.begin().unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).unwrap();
    let mut outer = tx.savepoint().unwrap();
    outer.execute("INSERT INTO t VALUES (2, 2)", ()).unwrap();
    let inner = outer.savepoint().unwrap();
    inner.execute("INSERT INTO t VALUES (3, 3)", ()).unwrap();
    drop(inner);
    let undone = outer.savepoint().unwrap();
    undone.execute("INSERT INTO t VALUES (4, 4)", ()).unwrap();
    undone.rollback().unwrap();
    outer.commit().unwrap();
    tx.run(|tx| tx.execute("INSERT INTO t VALUES (5, 5)", ()))
        .unwrap();
    assert!(ids(&db).is_empty());
    tx.commit().unwrap();
    assert_eq!(ids(&db), [1, 2, 5]);
    let then: i64 = snapshot.query_scalar("SELECT count(*) FROM t", ()).unwrap();
    assert_eq!(then, 0);
}

#[test]
fn a_transaction_that_is_dropped_or_rolled_back_leaves_nothing() {
    let (db, _dir) = open();
    for end in [drop, |tx: tidegate::blocking::Transaction| {
        tx.rollback().unwrap();
    }] {
        let tx = db.begin().unwrap();
        tx.execute("INSERT INTO t VALUES (1, 1)", ()).unwrap();
        end(tx);
        assert!(ids(&db).is_empty());
    }
}

#[test]
fn a_savepoint_whose_commit_was_refused_is_undone() {
    let (db, _dir) = open();
    let token = CancelToken::new();
    let mut tx = db.with_cancel(&token).begin().unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).unwrap();
    let savepoint = tx.savepoint().unwrap();
    savepoint
        .execute("INSERT INTO t VALUES (2, 2)", ())
        .unwrap();
    token.cancel();
    assert_eq!(savepoint.commit().unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(tx.commit().unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(ids(&db).is_empty());
}

#[test]
fn a_handle_gives_its_deadline_to_each_call() {
    let (db, _dir) = open();
    let hurried = db.with_deadline(SHORT);
    for _ in 0..2 {
        let began = Instant::now();
        let error = hurried.query_scalar::<i64>(RUNAWAY, ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline);
        assert!(began.elapsed() >= SHORT && began.elapsed() < AMPLE);
    }
    let snapshot = hurried.snapshot().unwrap();
    let error = snapshot.query_scalar::<i64>(RUNAWAY, ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let error = hurried.stream::<i64>(RUNAWAY, ()).next().unwrap();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Deadline);
    insert(&db, 1);
}

#[test]
fn a_handle_gives_its_token_to_each_call() {
    let (db, _dir) = open();
    let token = CancelToken::new();
    let other = token.clone();
    let (running, is_running) = mpsc::channel();
    let tied = db.with_cancel(&token);
    let waiting = thread::spawn(move || {
        tied.read(move |tx| {
            running.send(()).expect("the test waits for it");
            tx.query_scalar::<i64>(RUNAWAY, ())
        })
    });
    is_running.recv_timeout(AMPLE).unwrap();
    other.cancel();
    let error = waiting.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    insert(&db, 1);
}

#[test]
fn rows_are_read_as_they_are_asked_for() {
    let (db, _dir) = open();
    db.execute_many("INSERT INTO t VALUES (?, 'x')", (0..2_000).map(|id| (id,)))
        .unwrap();
    let all = "SELECT id FROM t ORDER BY id";
    let streamed: Vec<i64> = db.stream(all, ()).collect::<Result<_, _>>().unwrap();
    assert_eq!(streamed, ids(&db));
    let mut snapshot = db.snapshot().unwrap();
    let first: Vec<i64> = snapshot
        .stream(all, ())
        .take(3)
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(first, [0, 1, 2]);
    let mut refused = db.stream::<i64>("SELECT nothing FROM t", ());
    assert_eq!(
        refused.next().unwrap().unwrap_err().kind(),
        ErrorKind::Query
    );
    assert!(refused.next().is_none());
}

#[test]
fn changes_are_waited_for_until_the_database_closes() {
    let (db, _dir) = open();
    let mut changes = db.changes();
    let error = changes.next_within(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let writer = db.clone();
    let writing = thread::spawn(move || insert(&writer, 7));
    let event = changes.next_within(AMPLE).unwrap().unwrap();
    let ChangeEvent::Committed(set) = event else {
        panic!("{event:?}");
    };
    assert_eq!(set.changes[0].rowid, 7);
    writing.join().unwrap();
    let closing = thread::spawn(move || db.close());
    assert!(changes.next().is_none());
    closing.join().unwrap().unwrap();
}

#[test]
fn a_watch_gives_the_new_result() {
    let (db, _dir) = open();
    let mut watch = db.watch::<i64>("SELECT id FROM t ORDER BY id", ());
    assert!(watch.next_within(AMPLE).unwrap().unwrap().is_empty());
    let error = watch.next_within(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    insert(&db, 1);
    assert_eq!(watch.next_within(AMPLE).unwrap().unwrap(), [1]);
    db.close().unwrap();
    assert!(watch.next().is_none());
}

#[test]
fn inside_a_closure_every_call_is_refused() {
    let (db, _dir) = open();
    let inner = db.clone();
    let kinds = db
        .write(move |_| {
            let mut rows = inner.stream::<i64>("SELECT id FROM t", ());
            let mut changes = inner.changes();
            let streamed = rows.next().expect("a refusal");
            let changed = changes.next().expect("a refusal");
            assert!(rows.next().is_none() && changes.next().is_none());
            Ok([
                inner.execute("DELETE FROM t", ()).map(drop),
                inner.read(|_| Ok(())),
                inner.begin().map(drop),
                inner.checkpoint(CheckpointMode::Passive).map(drop),
                inner.close(),
                Database::open_in_memory().map(drop),
                streamed.map(drop),
                changed.map(drop),
            ]
            .map(|refused| refused.map_err(|error| error.kind())))
        })
        .unwrap();
    assert_eq!(kinds, [Err(ErrorKind::Misuse); 8]);
    insert(&db, 1);
}

#[test]
fn the_whole_database_is_tended() {
    let (db, dir) = open();
    let steps = Migrations::new([Migration::sql("tags", "CREATE TABLE tags (name TEXT)")]);
    assert_eq!(db.migrations_status(&steps).unwrap().pending, ["tags"]);
    assert_eq!(db.migrate(&steps).unwrap().to, 1);
    insert(&db, 1);
    db.optimize().unwrap();
    db.vacuum().unwrap();
    assert!(db.integrity_check().unwrap().is_empty());
    assert!(db.quick_check().unwrap().is_empty());
    assert!(!db.checkpoint(CheckpointMode::Truncate).unwrap().busy);
    for (name, copied) in [
        ("backup.db", db.backup(dir.path().join("backup.db"))),
        ("vacuum.db", db.vacuum_into(dir.path().join("vacuum.db"))),
    ] {
        copied.unwrap();
        let copy = Database::open(dir.path().join(name)).unwrap();
        assert_eq!(ids(&copy), [1]);
    }
    assert!(db.stats().writer.group_commits > 0);
}

#[test]
fn the_deadline_of_the_handle_bounds_closing() {
    let (db, _dir) = open_with(|options| options.close_timeout(AMPLE * 6));
    let (running, is_running) = mpsc::channel();
    let busy = db.with_deadline(Duration::MAX);
    let reading = thread::spawn(move || {
        busy.read(move |tx| {
            running.send(()).expect("the test waits for it");
            tx.query_scalar::<i64>(RUNAWAY, ())
        })
    });
    is_running.recv_timeout(AMPLE).unwrap();
    let began = Instant::now();
    db.with_deadline(SHORT).close().unwrap();
    assert!(began.elapsed() < AMPLE);
    let error = reading.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn both_handles_are_one_database() {
    let (db, _dir) = tokio::task::spawn_blocking(open).await.unwrap();
    let asynchronous = db.as_async().clone();
    let writing = tokio::task::spawn_blocking({
        let db = asynchronous.blocking();
        move || (0..100).for_each(|id| insert(&db, id))
    });
    for id in 100..200 {
        asynchronous
            .execute("INSERT INTO t VALUES (?, ?)", (id, id))
            .await
            .unwrap();
    }
    writing.await.unwrap();
    let count: i64 = asynchronous
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .unwrap();
    assert_eq!(count, 200);
    asynchronous.close().await.unwrap();
    let closed = tokio::task::spawn_blocking(move || db.execute("DELETE FROM t", ()));
    let error = closed.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[test]
fn a_blob_is_written_and_read_in_pieces() {
    let (db, _dir) = open();
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let mut tx = db.begin().unwrap();
    let size = bytes.len() as u64;
    tx.execute("INSERT INTO t VALUES (1, ?)", (ZeroBlob(size),))
        .unwrap();
    let mut writer = tx.blob_writer("t", "v", 1).unwrap();
    writer.write_all(&bytes[..150_000]).unwrap();
    writer.flush().unwrap();
    writer.write_all(&bytes[150_000..]).unwrap();
    assert_eq!(
        writer.write(b"more").unwrap_err().kind(),
        io::ErrorKind::WriteZero
    );
    writer.finish().unwrap();
    tx.commit().unwrap();

    let mut reader = db.blob_reader("t", "v", 1).unwrap();
    assert_eq!(reader.size(), size);
    reader.seek(SeekFrom::Start(100_000)).unwrap();
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, bytes[100_000..]);
    reader.rewind().unwrap();
    let refused = db.read(move |_| Ok(reader.read(&mut [0]).map_err(|error| error.kind())));
    assert_eq!(refused.unwrap(), Err(io::ErrorKind::InvalidInput));
    let missing = db.blob_reader("t", "v", 2).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NoRows);
}

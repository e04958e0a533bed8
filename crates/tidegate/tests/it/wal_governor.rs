//! The write-ahead log stays small, whatever readers do, and nobody waits for long because of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tidegate::{Database, ErrorKind, Options};
use tidegate_testkit::vfs::{Failure, Fault, FaultVfs, FileKind, Op};
use tidegate_testkit::wait_until;

use crate::support::{TestDb, count, open_with};

const SOFT_BYTES: u64 = 128 << 10;
const HARD_BYTES: u64 = 512 << 10;
/// What a group may add after the log was found to be below its limit.
const SLACK_BYTES: u64 = 512 << 10;
const INSERT: &str = "INSERT INTO t (v) VALUES (zeroblob(3000))";
/// Longer than anything here takes: what waits for a lock so long has failed.
const LONG: Duration = Duration::from_secs(60);

fn small_log(options: Options) -> Options {
    options
        .wal_soft_limit_bytes(SOFT_BYTES)
        .wal_hard_limit_bytes(HARD_BYTES)
        .busy_timeout(LONG)
        .default_deadline(LONG)
        .group_max_jobs(32)
}

fn log_of(db: &TestDb) -> PathBuf {
    db.dir.path().join("test.db-wal")
}

fn length(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |file| file.len())
}

/// Writes so often, each within the deadline; gives the longest time that one took.
async fn write(db: &Database, times: usize) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        let began = Instant::now();
        db.execute(INSERT, ()).await.expect("writes");
        longest = longest.max(began.elapsed());
    }
    longest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stays_bounded_under_writes_and_overlapping_reads() {
    let db = open_with(|options| small_log(options).readers(4)).await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move { write(&db, 200).await })
        })
        .collect();
    // Four readers at any time, each a little longer than a commit: there is no moment without one.
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move {
                loop {
                    let sum = db.read(|tx| tx.query_scalar::<i64>("SELECT sum(id) FROM t", ()));
                    sum.await.expect("reads");
                }
            })
        })
        .collect();
    let mut largest = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        largest = largest.max(length(&log_of(&db)));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for writer in writers {
        writer.await.expect("writes");
    }
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(
        largest > SOFT_BYTES,
        "the limits were never reached: {largest}"
    );
    assert!(largest <= HARD_BYTES + SLACK_BYTES, "{largest} bytes");
    assert!(db.stats().wal.checkpoints > 0);
}

#[tokio::test]
async fn it_is_checkpointed_off_the_writers_path() {
    let vfs = FaultVfs::register("governor-off-path");
    let db = open_with(|options| {
        options
            .vfs(vfs.name())
            .wal_soft_limit_bytes(SOFT_BYTES)
            .wal_hard_limit_bytes(64 << 20)
    })
    .await;
    let checkpoint = vfs.hold_next(Op::Write, Some(FileKind::Main));
    write(&db, 2 * SOFT_BYTES as usize / 3000).await;
    assert!(checkpoint.reached(LONG), "no checkpoint began");
    // It is stopped now, and whoever waited for it would wait for ever.
    let began = Instant::now();
    for _ in 0..100 {
        let insert = db.execute(INSERT, ()).deadline(Duration::from_secs(10));
        insert.await.expect("writes beside the checkpoint");
    }
    assert!(count(&db).await > 100);
    assert!(began.elapsed() < Duration::from_secs(10));
    checkpoint.release();
    assert!(wait_until(LONG, || db.stats().wal.checkpoints > 0));
    db.close().await.expect("closes");
}

#[tokio::test]
async fn it_is_emptied_when_idle() {
    let db = open_with(small_log).await;
    write(&db, 5).await;
    assert!(length(&log_of(&db)) > 0);
    assert!(wait_until(LONG, || length(&log_of(&db)) == 0));
    assert!(wait_until(LONG, || db.stats().wal.size_bytes == 0));
    // And again after the next write.
    write(&db, 1).await;
    assert!(length(&log_of(&db)) > 0);
    assert!(wait_until(LONG, || length(&log_of(&db)) == 0));
    assert_eq!(count(&db).await, 6);
}

#[tokio::test]
async fn one_that_an_earlier_process_left_is_emptied_when_idle() {
    let first = open_with(small_log).await;
    write(&first, 5).await;
    // A copy of the files at this moment is what a killed process would have left.
    let copy = first.dir.path().join("copy.db");
    let log = first.dir.path().join("copy.db-wal");
    std::fs::copy(log_of(&first), &log).expect("copies");
    std::fs::copy(first.dir.path().join("test.db"), &copy).expect("copies");
    let db = Database::open(&copy).await.expect("opens");
    assert!(wait_until(LONG, || length(&log) == 0));
    assert_eq!(count(&db).await, 5);
}

#[tokio::test]
async fn a_snapshot_that_keeps_it_from_being_emptied_delays_no_write() {
    let db = open_with(small_log).await;
    let snapshot = db.snapshot().await.expect("opens");
    write(&db, 5).await;
    let tried = || db.stats().wal.checkpoints_busy > 0;
    assert!(wait_until(LONG, tried), "nobody tried to empty the log");
    let insert = db.execute(INSERT, ()).deadline(Duration::from_secs(5));
    insert.await.expect("writes at once");
    assert!(length(&log_of(&db)) > 0);
    let rows: i64 = snapshot
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .expect("reads");
    assert_eq!(rows, 0);
    drop(snapshot);
    assert!(wait_until(LONG, || length(&log_of(&db)) == 0));
}

#[tokio::test]
async fn a_forgotten_snapshot_holds_writers_back_until_it_is_too_old() {
    let max_age = Duration::from_millis(700);
    let db = open_with(|options| small_log(options).snapshot_max_age(max_age)).await;
    let began = Instant::now();
    let forgotten = db.snapshot().await.expect("opens");
    let longest = write(&db, 400).await;
    let held_back = began.elapsed() >= max_age && longest >= Duration::from_millis(50);
    assert!(
        held_back,
        "nobody waited: {longest:?} of {:?}",
        began.elapsed()
    );
    assert!(length(&log_of(&db)) <= HARD_BYTES + SLACK_BYTES);
    let error = forgotten
        .query_scalar::<i64>("SELECT count(*) FROM t", ())
        .await
        .expect_err("has ended");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.to_string().contains("maximum age"), "{error}");
    assert_eq!(count(&db).await, 400);
}

const ENDLESS: &str =
    "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c, t";

#[tokio::test]
async fn whatever_reads_for_too_long_is_stopped_and_told_why() {
    let max_age = Duration::from_millis(200);
    let db = open_with(|options| small_log(options).snapshot_max_age(max_age)).await;
    write(&db, 1).await;
    let told = |error: tidegate::Error| {
        assert_eq!(error.kind(), ErrorKind::Deadline, "{error}");
        assert!(error.to_string().contains("maximum age"), "{error}");
    };
    let snapshot = db.snapshot().await.expect("opens");
    told(
        snapshot
            .query::<i64>(ENDLESS, ())
            .deadline(LONG)
            .await
            .expect_err("stops"),
    );
    let read = db.read(|tx| tx.query_scalar::<i64>(ENDLESS, ()));
    told(read.deadline(LONG).await.expect_err("stops"));
    let query = db.query_scalar::<i64>(ENDLESS, ());
    told(query.deadline(LONG).await.expect_err("stops"));
    // Nothing of the limit is left for those that follow.
    assert_eq!(count(&db).await, 1);
    assert!(wait_until(LONG, || length(&log_of(&db)) == 0));
}

/// Fills the log up to its hard limit, past which it cannot be emptied for a reader of another process.
async fn fill_behind(reader: &rusqlite::Connection, db: &TestDb) {
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM t;")
        .expect("reads");
    while db.stats().wal.size_bytes <= HARD_BYTES {
        write(db, 1).await;
    }
}

#[tokio::test]
async fn writers_behind_a_reader_of_another_process_wait_no_longer_than_their_deadline() {
    let db = open_with(small_log).await;
    let reader = rusqlite::Connection::open(db.dir.path().join("test.db")).expect("opens");
    fill_behind(&reader, &db).await;
    let rows = count(&db).await;
    let waiting = db.execute(INSERT, ()).deadline(Duration::from_millis(100));
    let error = waiting.await.expect_err("is held back");
    assert_eq!(error.kind(), ErrorKind::Deadline, "{error}");
    assert_eq!(count(&db).await, rows, "reads go on");
    let db2 = db.db.clone();
    let waiting = tokio::spawn(async move { write(&db2, 1).await });
    reader.execute_batch("COMMIT").expect("ends");
    waiting.await.expect("writes");
    assert_eq!(count(&db).await, rows + 1);
}

#[tokio::test]
async fn closing_does_not_wait_for_what_holds_writers_back() {
    let db = open_with(small_log).await;
    let reader = rusqlite::Connection::open(db.dir.path().join("test.db")).expect("opens");
    fill_behind(&reader, &db).await;
    let rows = count(&db).await;
    let mut insert = Box::pin(db.execute(INSERT, ()));
    let first =
        std::future::poll_fn(|cx| std::task::Poll::Ready(insert.as_mut().poll(cx).is_pending()));
    assert!(first.await, "is held back");
    let began = Instant::now();
    db.close().await.expect("closes");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    // The call was made before the closing, and is served.
    insert.await.expect("writes");
    drop(reader);
    let again = Database::open(db.dir.path().join("test.db"))
        .await
        .expect("opens");
    assert_eq!(count(&again).await, rows + 1);
}

#[tokio::test]
async fn writers_are_told_if_a_full_disk_keeps_it_at_its_limit() {
    let vfs = FaultVfs::register("governor-full-disk");
    let db = open_with(|options| small_log(options).vfs(vfs.name())).await;
    let full = Fault::new(Op::Write, Failure::DiskFull).on(FileKind::Main);
    vfs.inject(full.lasting());
    let refused = loop {
        if let Err(error) = db.execute(INSERT, ()).await {
            break error;
        }
        assert!(length(&log_of(&db)) <= HARD_BYTES + SLACK_BYTES);
    };
    assert_eq!(refused.kind(), ErrorKind::DiskFull, "{refused}");
    assert!(
        refused.to_string().contains("wal_hard_limit_bytes"),
        "{refused}"
    );
    let refused = db.begin().await.expect_err("cannot write either");
    assert_eq!(refused.kind(), ErrorKind::DiskFull, "{refused}");
    let rows = count(&db).await;
    vfs.heal();
    write(&db, 1).await;
    assert_eq!(count(&db).await, rows + 1);
    db.close().await.expect("closes");
    assert!(!log_of(&db).exists());
}

#[tokio::test]
async fn no_kind_of_call_keeps_it_from_being_emptied() {
    let db = open_with(small_log).await;
    let returning = "INSERT INTO t (v) VALUES (zeroblob(3000)) RETURNING id";
    for _ in 0..300 {
        // Read by one row, and by no row.
        db.query_one::<i64>(returning, ()).await.expect("writes");
        db.execute(returning, ()).await.expect("writes");
        db.write(move |tx| tx.query_opt::<i64>(returning, ()))
            .await
            .expect("writes");
        db.query_opt::<i64>("SELECT id FROM t", ())
            .await
            .expect("reads");
    }
    let largest = length(&log_of(&db));
    assert!(largest <= HARD_BYTES + SLACK_BYTES, "{largest} bytes");
    assert!(wait_until(LONG, || length(&log_of(&db)) == 0));
    assert_eq!(count(&db).await, 900);
}

#[tokio::test]
async fn closing_leaves_none_behind() {
    let db = open_with(small_log).await;
    let _open = db.snapshot().await.expect("opens");
    write(&db, 20).await;
    let reads: Vec<_> = (0..8)
        .map(|_| tokio::spawn(count_of(db.db.clone())))
        .collect();
    for read in reads {
        read.await.expect("joins");
    }
    db.close().await.expect("closes");
    assert!(!log_of(&db).exists());
    assert!(!db.dir.path().join("test.db-shm").exists());
}

async fn count_of(db: Database) -> i64 {
    count(&db).await
}

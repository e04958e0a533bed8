//! Checks, checkpoints, statistics and rebuilding, on files and in memory.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tidegate::{CheckpointMode, Database, ErrorKind, JournalMode, Options};

use crate::support::{TestDb, count, open, open_with};

const MODES: [CheckpointMode; 4] = [
    CheckpointMode::Passive,
    CheckpointMode::Full,
    CheckpointMode::Restart,
    CheckpointMode::Truncate,
];

async fn fill(db: &Database, rows: i64) {
    let insert = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < ?) \
                  INSERT INTO t SELECT x, hex(randomblob(200)) FROM c";
    db.execute(insert, (rows,)).await.unwrap();
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

async fn in_memory() -> Database {
    let db = Database::open_in_memory().await.unwrap();
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v)";
    db.execute(table, ()).await.unwrap();
    db
}

#[tokio::test]
async fn a_truncating_checkpoint_empties_the_log() {
    let db = open().await;
    fill(&db, 1000).await;
    let log = db.dir.path().join("test.db-wal");
    assert!(size(&log) > 0);
    let done = db.checkpoint(CheckpointMode::Truncate).await.unwrap();
    assert!(!done.busy);
    assert_eq!(size(&log), 0);
    assert_eq!(db.stats().wal.size_bytes, 0);
    assert_eq!(count(&db).await, 1000);
}

#[tokio::test]
async fn every_mode_works_and_tells_what_it_did() {
    let db = open().await;
    for (round, mode) in (0..).zip(MODES) {
        db.execute("INSERT INTO t VALUES (?, 1)", (round,))
            .await
            .unwrap();
        let done = db.checkpoint(mode).await.unwrap();
        assert!(!done.busy, "{mode:?}");
        assert_eq!(done.log_frames, done.checkpointed_frames, "{mode:?}");
    }
}

#[tokio::test]
async fn a_checkpoint_that_a_reader_holds_up_says_busy() {
    let db = open_with(|options| options.busy_timeout(Duration::from_millis(50))).await;
    let snapshot = db.snapshot().await.unwrap();
    let _: i64 = snapshot
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .unwrap();
    fill(&db, 100).await;
    let began = Instant::now();
    let held_up = db.checkpoint(CheckpointMode::Truncate).await.unwrap();
    assert!(held_up.busy);
    assert!(held_up.log_frames > held_up.checkpointed_frames);
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(snapshot);
    let done = db.checkpoint(CheckpointMode::Truncate).await.unwrap();
    assert!(!done.busy);
}

#[tokio::test]
async fn a_waiting_checkpoint_keeps_to_its_deadline() {
    let db = open().await;
    let snapshot = db.snapshot().await.unwrap();
    let _: i64 = snapshot
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .unwrap();
    fill(&db, 100).await;
    let began = Instant::now();
    let waiting = db.checkpoint(CheckpointMode::Truncate);
    let outcome = waiting.deadline(Duration::from_millis(100)).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Deadline);
    assert!(began.elapsed() < Duration::from_secs(3));
    // The keeper is free again at once.
    assert!(db.quick_check().await.unwrap().is_empty());
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_truncating_checkpoints_beside_readers_and_a_writer_are_never_an_error() {
    let db = open_with(|options| options.busy_timeout(Duration::from_millis(100))).await;
    fill(&db, 500).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (db, stop) = (db.db.clone(), stop.clone());
        tasks.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let sum = "SELECT sum(length(v)) FROM t";
                let _: i64 = db.query_scalar(sum, ()).await.unwrap();
            }
        }));
    }
    let (writer, stopped) = (db.db.clone(), stop.clone());
    tasks.push(tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) {
            let update = "UPDATE t SET v = v WHERE id = 1 + abs(random() % 500)";
            writer.execute(update, ()).await.unwrap();
        }
    }));
    for _ in 0..50 {
        db.checkpoint(CheckpointMode::Truncate).await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn without_a_log_there_is_nothing_to_checkpoint() {
    let plain = open_with(|options| options.journal_mode(JournalMode::Delete)).await;
    let memory = in_memory().await;
    for db in [&plain.db, &memory] {
        for mode in MODES {
            let done = db.checkpoint(mode).await.unwrap();
            assert_eq!((done.busy, done.log_frames), (false, 0));
        }
    }
}

#[tokio::test]
async fn a_sound_database_has_no_findings() {
    let file = open().await;
    let memory = in_memory().await;
    for db in [&file.db, &memory] {
        fill(db, 100).await;
        assert!(db.integrity_check().await.unwrap().is_empty());
        assert!(db.quick_check().await.unwrap().is_empty());
        assert_eq!(count(db).await, 100);
    }
}

#[tokio::test]
async fn dangling_references_are_findings() {
    let db = open_with(|options| options.foreign_keys(false)).await;
    db.execute_batch(
        "CREATE TABLE child (parent REFERENCES t (id));
         INSERT INTO child VALUES (7), (8)",
    )
    .await
    .unwrap();
    let findings = db.integrity_check().await.unwrap();
    assert_eq!(findings.len(), 2);
    let expected = "foreign key 0 of child: row 1 refers to a row that t does not have";
    assert_eq!(findings[0], expected);
}

#[tokio::test]
async fn damage_is_a_finding_and_not_an_error() {
    let db = open().await;
    fill(&db, 2000).await;
    db.execute("CREATE INDEX v ON t (v)", ()).await.unwrap();
    db.close().await.unwrap();
    let path = db.dir.path().join("test.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 8192].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let damaged = Database::open(&path).await.unwrap();
    assert!(!damaged.integrity_check().await.unwrap().is_empty());
    assert!(!damaged.quick_check().await.unwrap().is_empty());
    let one: i64 = damaged.query_scalar("SELECT 1", ()).await.unwrap();
    assert_eq!(one, 1);
}

#[tokio::test]
async fn statistics_for_the_planner_appear() {
    let file = open().await;
    let memory = in_memory().await;
    for db in [&file.db, &memory] {
        fill(db, 1000).await;
        db.execute("CREATE INDEX v ON t (v)", ()).await.unwrap();
        db.optimize().await.unwrap();
        let known: i64 = db
            .query_scalar("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 't'", ())
            .await
            .unwrap();
        assert!(known > 0);
    }
}

async fn free_pages(db: &TestDb) -> i64 {
    db.query_scalar("PRAGMA freelist_count", ()).await.unwrap()
}

#[tokio::test]
async fn rebuilding_gives_free_pages_back() {
    let db = open().await;
    fill(&db, 2000).await;
    db.execute("DELETE FROM t WHERE id > 10", ()).await.unwrap();
    assert!(free_pages(&db).await > 50);
    db.vacuum().await.unwrap();
    assert_eq!(free_pages(&db).await, 0);
    assert_eq!(count(&db).await, 10);
    let memory = in_memory().await;
    fill(&memory, 100).await;
    memory.vacuum().await.unwrap();
    assert_eq!(count(&memory).await, 100);
}

#[tokio::test]
async fn a_read_only_database_can_be_checked_and_not_changed() {
    let db = open().await;
    db.close().await.unwrap();
    let path = db.dir.path().join("test.db");
    let db2 = Options::new(path).read_only(true).open().await.unwrap();
    assert!(db2.integrity_check().await.unwrap().is_empty());
    let refused = [
        db2.vacuum().await.unwrap_err(),
        db2.optimize().await.unwrap_err(),
        db2.checkpoint(CheckpointMode::Full).await.unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
    }
}

#[tokio::test]
async fn maintenance_is_counted_as_such() {
    let db = open().await;
    db.quick_check().await.unwrap();
    db.optimize().await.unwrap();
    assert_eq!(db.stats().calls.maintenance.succeeded, 2);
}

//! Five processes write one file through the driver: no write is lost, and none fails below the busy timeout.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate::{Database, Options, Result, Tx};
use tidegate_testkit::{ChildProcess, Ledger, child_role, read_ledger};

use crate::pace;

const TEST: &str = "processes::five_processes_lose_no_write";
const PROCESSES: u64 = 5;
const TASKS: u64 = 8;

#[test]
fn five_processes_lose_no_write() {
    match child_role() {
        Some((number, dir)) => write_for_a_time(&dir, number.parse().expect("a number")),
        None => run_all_and_look(),
    }
}

// The child.

fn write_for_a_time(dir: &Path, process: u64) {
    let ledger = Arc::new(Ledger::open(dir.join("ledger")).expect("opens"));
    let until = Instant::now() + pace::time().max(Duration::from_secs(1)) / 2;
    pace::runtime().block_on(async {
        let db = open(dir, process).await;
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let id = (process << 48) | (task << 40);
                tokio::spawn(write_until(until, db.clone(), ledger.clone(), id))
            })
            .collect();
        for task in tasks {
            task.await.expect("a write failed");
        }
        db.close().await.expect("closes");
    });
}

/// Some keep the log so small that they are at its hard limit nearly always, while others write on.
async fn open(dir: &Path, process: u64) -> Database {
    let options = Options::new(dir.join("app.db"));
    let options = match process % 2 {
        0 => options,
        _ => options
            .wal_soft_limit_bytes(64 << 10)
            .wal_hard_limit_bytes(256 << 10),
    };
    options.open().await.expect("opens")
}

async fn write_until(until: Instant, db: Database, ledger: Arc<Ledger>, first: u64) {
    for id in first.. {
        if Instant::now() >= until {
            return;
        }
        let row = i64::try_from(id).expect("fits");
        match id % 8 {
            0 => interactively(&db, row).await,
            _ => db.write(move |tx| count_and_insert(tx, row)).await,
        }
        .expect("writes");
        ledger.note(id).expect("notes");
        if id % 4 == 0 {
            sees_whole_writes(&db).await;
        }
    }
}

/// Reads the counter and writes it: a lost update shows in its last value.
fn count_and_insert(tx: &mut Tx<'_>, row: i64) -> Result<()> {
    let count: i64 = tx.query_scalar("SELECT n FROM counter", ())?;
    tx.execute("UPDATE counter SET n = ?", (count + 1,))?;
    tx.execute("INSERT INTO t VALUES (?)", (row,)).map(drop)
}

async fn interactively(db: &Database, row: i64) -> Result<()> {
    let tx = db.begin().await?;
    let count: i64 = tx.query_scalar("SELECT n FROM counter", ()).await?;
    tx.execute("UPDATE counter SET n = ?", (count + 1,)).await?;
    tx.execute("INSERT INTO t VALUES (?)", (row,)).await?;
    tx.commit().await
}

async fn sees_whole_writes(db: &Database) {
    let seen = db.read(|tx| {
        let count: i64 = tx.query_scalar("SELECT n FROM counter", ())?;
        let rows: i64 = tx.query_scalar("SELECT count(*) FROM t", ())?;
        Ok((count, rows))
    });
    let (count, rows) = seen.await.expect("reads");
    assert_eq!(count, rows, "a part of a write is visible");
}

// The parent.

fn run_all_and_look() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let runtime = pace::runtime();
    runtime.block_on(create(dir.path()));
    let children: Vec<_> = (0..PROCESSES)
        .map(|number| ChildProcess::this_test(TEST, &number.to_string(), dir.path()))
        .collect();
    for child in children {
        let status = child.expect("starts").wait().expect("ends");
        assert!(status.success(), "a process failed: {status}");
    }
    runtime.block_on(look(dir.path()));
}

async fn create(dir: &Path) {
    let db = Database::open(dir.join("app.db")).await.expect("opens");
    db.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY);
         CREATE TABLE counter (n INTEGER NOT NULL);
         INSERT INTO counter VALUES (0);",
    )
    .await
    .expect("creates");
    db.close().await.expect("closes");
}

async fn look(dir: &Path) {
    let acknowledged = read_ledger(dir.join("ledger")).expect("reads");
    let processes: HashSet<u64> = acknowledged.iter().map(|id| id >> 48).collect();
    assert_eq!(processes.len() as u64, PROCESSES, "a process never wrote");
    let db = Database::open(dir.join("app.db")).await.expect("opens");
    let rows: Vec<i64> = db.query("SELECT id FROM t", ()).await.expect("reads");
    let count: usize = db
        .query_scalar("SELECT n FROM counter", ())
        .await
        .expect("reads");
    let mut acknowledged: Vec<i64> = acknowledged
        .iter()
        .map(|id| i64::try_from(*id).expect("fits"))
        .collect();
    acknowledged.sort_unstable();
    assert_eq!(rows, acknowledged);
    assert_eq!(count, rows.len());
    db.close().await.expect("closes");
}

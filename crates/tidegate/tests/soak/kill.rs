//! `kill -9` at random moments under 64 concurrent writers: what was acknowledged is there, and whole.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate::{Database, Options, Result};
use tidegate_testkit::{ChildProcess, End, Ledger, Rng, child_role, read_ledger};

use crate::pace;

const TEST: &str = "kill::acknowledged_writes_survive_kill_9";
const WRITERS: u64 = 64;
/// A file goes through as many kills, each recovering what the one before has left.
const KILLS_PER_FILE: u64 = 6;
/// Every write leaves as many rows of its id.
const ROWS_OF_A_WRITE: i64 = 2;
const INSERT: &str = "INSERT INTO t VALUES (?, ?, randomblob(200))";

#[test]
fn acknowledged_writes_survive_kill_9() {
    match child_role() {
        Some((round, dir)) => write_until_killed(&dir, round.parse().expect("a number")),
        None => kill_and_look(),
    }
}

// The child.

fn write_until_killed(dir: &Path, round: u64) {
    let ledger = Arc::new(Ledger::open(ledger_of(dir)).expect("opens"));
    pace::runtime().block_on(async {
        let db = open(dir).await;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write_for_ever(db.clone(), ledger.clone(), writer, round)))
            .collect();
        for writer in writers {
            writer.await.expect("a write failed");
        }
    });
}

async fn write_for_ever(db: Database, ledger: Arc<Ledger>, writer: u64, round: u64) {
    for count in 0.. {
        let id = (round << 48) | (writer << 40) | count;
        write(&db, writer, i64::try_from(id).expect("fits"))
            .await
            .expect("writes");
        ledger.note(id).expect("notes");
    }
}

/// One write of two rows, by one kind of call or another.
async fn write(db: &Database, writer: u64, id: i64) -> Result<()> {
    match writer % 16 {
        0 => {
            let tx = db.begin().await?;
            tx.execute(INSERT, (id, 0)).await?;
            tx.execute(INSERT, (id, 1)).await?;
            tx.commit().await
        }
        1..4 => db.execute_many(INSERT, [(id, 0), (id, 1)]).await.map(drop),
        4..8 => db
            .execute("INSERT INTO t VALUES (?1, 0, 'x'), (?1, 1, 'y')", (id,))
            .await
            .map(drop),
        _ => {
            db.write(move |tx| {
                tx.execute(INSERT, (id, 0))?;
                tx.execute(INSERT, (id, 1)).map(drop)
            })
            .await
        }
    }
}

/// The log is kept small, so that kills hit checkpoints as well.
async fn open(dir: &Path) -> Database {
    Options::new(dir.join("app.db"))
        .wal_soft_limit_bytes(128 << 10)
        .wal_hard_limit_bytes(2 << 20)
        .open()
        .await
        .expect("opens")
}

// The parent.

fn kill_and_look() {
    let mut rng = Rng::from_env();
    let until = pace::end();
    let mut acknowledged = 0;
    while Instant::now() < until {
        let dir = tempfile::tempdir().expect("a temporary directory");
        create(dir.path());
        let mut round = 0;
        while round < KILLS_PER_FILE && Instant::now() < until {
            kill_once(dir.path(), round, &mut rng);
            acknowledged += look(dir.path());
            round += 1;
        }
    }
    assert!(acknowledged > 0, "no child got as far as a write");
}

fn create(dir: &Path) {
    pace::runtime().block_on(async {
        let db = open(dir).await;
        db.execute(
            "CREATE TABLE t (id INTEGER, half INTEGER, pad BLOB, PRIMARY KEY (id, half))",
            (),
        )
        .await
        .expect("creates");
        db.close().await.expect("closes");
    });
}

/// Mostly kills amid writes; sometimes while the child still opens the file and recovers its log.
fn kill_once(dir: &Path, round: u64, rng: &mut Rng) {
    let child = ChildProcess::this_test(TEST, &round.to_string(), dir).expect("starts");
    let end = match rng.chance(1, 4) {
        true => child.kill_at_random(rng, Duration::ZERO..Duration::from_millis(60)),
        false => kill_amid_writes(child, &ledger_of(dir), rng),
    };
    assert_eq!(end.expect("kills"), End::Killed, "a child failed by itself");
}

fn kill_amid_writes(child: ChildProcess, ledger: &Path, rng: &mut Rng) -> std::io::Result<End> {
    let length = || fs::metadata(ledger).map_or(0, |file| file.len());
    let (before, grace) = (
        length(),
        rng.duration(Duration::ZERO..Duration::from_millis(250)),
    );
    let mut moment = None;
    child.kill_when(Duration::from_secs(60), || {
        if moment.is_none() && length() > before {
            moment = Some(Instant::now() + grace);
        }
        moment.is_some_and(|moment| Instant::now() >= moment)
    })
}

/// Opens the file again and compares it with the ledger; gives the number of acknowledged writes.
fn look(dir: &Path) -> usize {
    let acknowledged = read_ledger(ledger_of(dir)).expect("reads");
    let rows = pace::runtime().block_on(rows_by_id(dir));
    for (id, count) in &rows {
        assert_eq!(*count, ROWS_OF_A_WRITE, "a part of the write {id:#x}");
    }
    for id in &acknowledged {
        let id = i64::try_from(*id).expect("fits");
        assert!(rows.contains_key(&id), "the write {id:#x} is lost");
    }
    acknowledged.len()
}

async fn rows_by_id(dir: &Path) -> HashMap<i64, i64> {
    let db = open(dir).await;
    let rows: Vec<(i64, i64)> = db
        .query("SELECT id, count(*) FROM t GROUP BY id", ())
        .await
        .expect("counts");
    let check: String = db
        .query_scalar("PRAGMA integrity_check", ())
        .await
        .expect("checks");
    assert_eq!(check, "ok");
    db.close().await.expect("closes");
    assert!(!dir.join("app.db-wal").exists());
    rows.into_iter().collect()
}

fn ledger_of(dir: &Path) -> std::path::PathBuf {
    dir.join("ledger")
}

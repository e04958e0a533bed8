//! Tests of children, and of the whole loop of killing and checking with plain connections.

use super::*;
use crate::{Ledger, read_ledger};
use rusqlite::Connection;
use std::fs;
use tempfile::tempdir;

const LIMIT: Duration = Duration::from_secs(60);

fn shell(script: &str) -> ChildProcess {
    ChildProcess::spawn(Command::new("sh").args(["-c", script])).expect("starts")
}

#[test]
fn a_child_is_killed_or_seen_to_end() {
    let mut rng = Rng::from_env();
    let mut sleeping = shell("exec sleep 1000");
    assert!(sleeping.is_running().expect("tells"));
    let span = Duration::ZERO..Duration::from_millis(5);
    assert_eq!(
        sleeping.kill_at_random(&mut rng, span).expect("kills"),
        End::Killed
    );
    let End::Exited(status) = shell("exit 3").kill_when(LIMIT, || false).expect("waits") else {
        panic!("it ends by itself");
    };
    assert_eq!(status.code(), Some(3));
    assert!(shell("true").wait().expect("waits").success());
}

#[test]
fn waiting_leaves_the_childs_pipe_open() {
    let still_reading = shell("timeout 0.1 cat; test $? = 124");
    assert!(still_reading.wait().expect("waits").success());
}

#[test]
fn a_dropped_child_is_gone() {
    let child = shell("exec sleep 1000");
    let process = format!("/proc/{}", child.child.id());
    assert!(fs::exists(&process).expect("tells"));
    drop(child);
    assert!(!fs::exists(&process).expect("tells"));
}

/// Writes rows of two halves for ever, noting each once it is committed.
fn write_for_ever(dir: &Path) -> rusqlite::Result<()> {
    let ledger = Ledger::open(dir.join("ledger")).expect("opens");
    let mut db = Connection::open(dir.join("app.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS t (id INTEGER, half INTEGER, PRIMARY KEY (id, half));",
    )?;
    loop {
        let tx = db.transaction()?;
        let id = tx.query_row("SELECT coalesce(max(id), 0) + 1 FROM t", (), |row| {
            row.get(0)
        })?;
        for half in 0..2 {
            tx.execute("INSERT INTO t VALUES (?1, ?2)", [id, half])?;
        }
        tx.commit()?;
        ledger.note(id as u64).expect("notes");
    }
}

#[test]
fn what_was_acknowledged_survives_the_kill() {
    if let Some((_, dir)) = child_role() {
        return write_for_ever(&dir).expect("writes until killed");
    }
    let (dir, mut rng) = (tempdir().expect("temporary directory"), Rng::from_env());
    let mut acknowledged = Vec::new();
    for _ in 0..5 {
        let test = "child::tests::what_was_acknowledged_survives_the_kill";
        let child = ChildProcess::this_test(test, "writer", dir.path()).expect("starts");
        let enough = acknowledged.len() + rng.index(20);
        let ids = || read_ledger(dir.path().join("ledger")).expect("reads");
        let end = child
            .kill_when(LIMIT, || ids().len() > enough)
            .expect("kills");
        assert_eq!(end, End::Killed);
        acknowledged = ids();
        assert!(acknowledged.len() > enough);

        let db = Connection::open(dir.path().join("app.db")).expect("opens");
        let number = |sql| {
            db.query_row(sql, (), |row| row.get::<_, i64>(0))
                .expect("reads")
        };
        let kept = number("SELECT count(DISTINCT id) FROM t");
        assert_eq!(
            number("SELECT count(*) FROM t"),
            2 * kept,
            "half a transaction"
        );
        let check = db.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0));
        assert_eq!(check.expect("checks"), "ok");
        for id in &acknowledged {
            let found = db.query_row("SELECT 1 FROM t WHERE id = ?1", [*id as i64], |_| Ok(()));
            found.unwrap_or_else(|_| panic!("{id} was acknowledged and is gone"));
        }
    }
}

//! Copies of a database: whole or not there, of one state, whatever happens beside them.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate::{CancelToken, Database, ErrorKind, Options};

use crate::support::{TestDb, count, open, open_with};

mod faults;

/// A database of some hundred pages.
async fn filled() -> TestDb {
    let db = open().await;
    fill(&db, 2000).await;
    db
}

async fn fill(db: &Database, rows: i64) {
    let insert = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < ?) \
                  INSERT INTO t SELECT x, randomblob(500) FROM c";
    db.execute(insert, (rows,)).await.unwrap();
}

/// What lies in a directory beside the database's own files.
fn others(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("test.db"))
        .collect();
    names.sort();
    names
}

async fn check_copy(path: &Path, rows: i64) {
    let copy = Options::new(path).create(false).open().await.unwrap();
    assert_eq!(count(&copy).await, rows);
    assert!(copy.integrity_check().await.unwrap().is_empty());
    copy.close().await.unwrap();
}

#[tokio::test]
async fn a_backup_is_a_whole_database() {
    let db = filled().await;
    let path = db.dir.path().join("copy.db");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let steps = seen.clone();
    db.backup(&path)
        .pages_per_step(10)
        .progress(move |now| steps.lock().unwrap().push(now))
        .await
        .unwrap();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert!(seen.len() > 10);
    assert!(seen.iter().all(|now| now.total == seen[0].total));
    assert!(seen.is_sorted_by(|before, after| before.remaining >= after.remaining));
    assert_eq!(seen.last().unwrap().remaining, 0);
    assert_eq!(others(db.dir.path()), ["copy.db"]);
    check_copy(&path, 2000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_writers_ends_and_shows_one_state() {
    let db = filled().await;
    // Each commit keeps the sum at zero.
    db.execute("CREATE TABLE pairs (a, b)", ()).await.unwrap();
    let (stop, commits) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let writers: Vec<_> = (0..4)
        .map(|n| {
            let (db, stop, commits) = (db.db.clone(), stop.clone(), commits.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let two = move |tx: &mut tidegate::Tx<'_>| {
                        tx.execute("INSERT INTO pairs VALUES (1, ?)", (n,))?;
                        tx.execute("INSERT INTO pairs VALUES (-1, ?)", (n,))
                    };
                    db.write(two).await.unwrap();
                    commits.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let path = db.dir.path().join("copy.db");
    let (committed, slowed) = (commits.clone(), AtomicU64::new(0));
    db.backup(&path)
        .pages_per_step(5)
        .progress(move |_| {
            // Every step waits for one more commit, so that writers really write while pages are copied.
            let before = slowed.swap(committed.load(Ordering::Relaxed), Ordering::Relaxed);
            while committed.load(Ordering::Relaxed) == before {
                std::thread::yield_now();
            }
        })
        .deadline(Duration::from_secs(60))
        .await
        .unwrap();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    check_copy(&path, 2000).await;
    let copy = Database::open(&path).await.unwrap();
    let sum: Option<i64> = copy
        .query_scalar("SELECT sum(a) FROM pairs", ())
        .await
        .unwrap();
    assert_eq!(sum.unwrap_or(0), 0);
}

#[tokio::test]
async fn an_existing_file_is_overwritten_only_when_asked_for() {
    let db = filled().await;
    let path = db.dir.path().join("copy.db");
    std::fs::write(&path, "precious").unwrap();
    for error in [
        db.backup(&path).await.unwrap_err(),
        db.vacuum_into(&path).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Misuse);
        assert!(error.to_string().contains("copy.db"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    db.backup(&path).overwrite(true).await.unwrap();
    check_copy(&path, 2000).await;
    db.vacuum_into(&path).overwrite(true).await.unwrap();
    check_copy(&path, 2000).await;
    assert_eq!(others(db.dir.path()), ["copy.db"]);
}

#[tokio::test]
async fn the_database_is_not_written_over_itself() {
    let db = filled().await;
    for name in ["test.db", "test.db-wal", "./test.db"] {
        let own = db.dir.path().join(name);
        let refused = [
            db.backup(&own).overwrite(true).await,
            db.vacuum_into(&own).overwrite(true).await,
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::Misuse);
        }
    }
    assert_eq!(count(&db).await, 2000);
}

#[tokio::test]
async fn a_target_that_cannot_be_written_says_so() {
    let db = open().await;
    let kind = |result: tidegate::Result<()>| result.unwrap_err().kind();
    let missing = db.dir.path().join("missing/copy.db");
    assert_eq!(kind(db.backup(&missing).await), ErrorKind::Io);
    assert_eq!(kind(db.vacuum_into(&missing).await), ErrorKind::Io);
    let directory = db.dir.path();
    assert_eq!(kind(db.backup(directory).await), ErrorKind::Misuse);
    assert_eq!(kind(db.vacuum_into(directory).await), ErrorKind::Misuse);
    let nothing = db.backup(db.dir.path().join("copy.db")).pages_per_step(0);
    assert_eq!(kind(nothing.await), ErrorKind::Misuse);
    assert!(others(db.dir.path()).is_empty());
}

#[tokio::test]
async fn a_panic_in_the_callback_removes_the_file() {
    let db = filled().await;
    let path = db.dir.path().join("copy.db");
    let panics = db
        .backup(&path)
        .pages_per_step(10)
        .progress(|_| panic!("enough"));
    let error = panics.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(error.to_string().contains("enough"), "{error}");
    assert!(others(db.dir.path()).is_empty());
    db.backup(&path).await.unwrap();
}

#[tokio::test]
async fn a_backup_stops_at_its_deadline() {
    let db = filled().await;
    let slow = db
        .backup(db.dir.path().join("copy.db"))
        .pages_per_step(1)
        .progress(|_| std::thread::sleep(Duration::from_millis(5)))
        .deadline(Duration::from_millis(50));
    assert_eq!(slow.await.unwrap_err().kind(), ErrorKind::Deadline);
    // The next call of the lane comes after the file was removed.
    assert!(db.quick_check().await.unwrap().is_empty());
    assert!(others(db.dir.path()).is_empty());
}

#[tokio::test]
async fn a_cancelled_or_dropped_backup_leaves_nothing() {
    let db = filled().await;
    let path = db.dir.path().join("copy.db");
    let token = CancelToken::new();
    let cancel = token.clone();
    let cancelled = db
        .backup(&path)
        .pages_per_step(1)
        .progress(move |_| cancel.cancel())
        .cancel(&token);
    assert_eq!(cancelled.await.unwrap_err().kind(), ErrorKind::Cancelled);
    let (began, is_begun) = tokio::sync::oneshot::channel();
    let mut began = Some(began);
    let backup = db.backup(&path).pages_per_step(1).progress(move |_| {
        if let Some(began) = began.take() {
            began.send(()).unwrap();
        }
        std::thread::sleep(Duration::from_millis(1));
    });
    let task = tokio::spawn(backup);
    is_begun.await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(db.quick_check().await.unwrap().is_empty());
    assert!(others(db.dir.path()).is_empty());
}

#[tokio::test]
async fn a_vacuum_into_stops_when_dropped_and_leaves_nothing() {
    let db = filled().await;
    fill_more(&db).await;
    let path = db.dir.path().join("copy.db");
    let stopped = db.vacuum_into(&path).deadline(Duration::from_millis(1));
    // Either it was quick enough, or there is no file.
    let outcome = stopped.await;
    assert!(db.quick_check().await.unwrap().is_empty());
    match outcome {
        Ok(()) => check_copy(&path, 12_000).await,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Deadline);
            assert!(others(db.dir.path()).is_empty());
        }
    }
}

async fn fill_more(db: &Database) {
    let insert = "WITH RECURSIVE c(x) AS (VALUES(2001) UNION ALL SELECT x + 1 FROM c WHERE x < 12000) \
                  INSERT INTO t SELECT x, randomblob(100) FROM c";
    db.execute(insert, ()).await.unwrap();
}

#[tokio::test]
async fn a_compact_copy_has_no_free_pages() {
    let db = filled().await;
    db.execute("DELETE FROM t WHERE id > 10", ()).await.unwrap();
    let (plain, compact) = (
        db.dir.path().join("plain.db"),
        db.dir.path().join("compact.db"),
    );
    db.backup(&plain).await.unwrap();
    db.vacuum_into(&compact).await.unwrap();
    let size = |path: &Path| std::fs::metadata(path).unwrap().len();
    assert!(size(&compact) * 10 < size(&plain));
    check_copy(&plain, 10).await;
    check_copy(&compact, 10).await;
}

#[tokio::test]
async fn a_memory_database_can_be_saved() {
    let dir = tempfile::tempdir().unwrap();
    let db = Database::open_in_memory().await.unwrap();
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", ())
        .await
        .unwrap();
    fill(&db, 500).await;
    let (a, b) = (dir.path().join("a.db"), dir.path().join("b.db"));
    db.backup(&a).await.unwrap();
    db.vacuum_into(&b).await.unwrap();
    check_copy(&a, 500).await;
    check_copy(&b, 500).await;
    assert_eq!(count(&db).await, 500);
}

#[tokio::test]
async fn a_read_only_database_can_be_saved() {
    let db = filled().await;
    db.close().await.unwrap();
    let source = db.dir.path().join("test.db");
    let db2 = Options::new(&source).read_only(true).open().await.unwrap();
    let (a, b) = (db.dir.path().join("a.db"), db.dir.path().join("b.db"));
    db2.backup(&a).await.unwrap();
    db2.vacuum_into(&b).await.unwrap();
    check_copy(&a, 2000).await;
    check_copy(&b, 2000).await;
}

#[tokio::test]
async fn a_backup_works_with_every_journal() {
    for mode in [
        tidegate::JournalMode::Delete,
        tidegate::JournalMode::Truncate,
        tidegate::JournalMode::Persist,
    ] {
        let db = open_with(|options| options.journal_mode(mode)).await;
        fill(&db, 100).await;
        let path = db.dir.path().join("copy.db");
        db.backup(&path).await.unwrap();
        check_copy(&path, 100).await;
    }
}

#[tokio::test]
async fn callers_without_an_executor_can_wait() {
    let db = filled().await;
    let path = db.dir.path().join("copy.db");
    let (handle, target) = (db.db.clone(), path.clone());
    std::thread::spawn(move || {
        handle.backup(&target).wait().unwrap();
        handle.vacuum_into(&target).overwrite(true).wait().unwrap();
    })
    .join()
    .unwrap();
    check_copy(&path, 2000).await;
}

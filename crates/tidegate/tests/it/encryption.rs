//! Encrypted files: what others cannot read, wrong keys, changed keys, copies with and without a key.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tidegate::{
    CheckpointMode, Committed, Database, ErrorKind, Key, Migration, Migrations, Options,
};
use tidegate_testkit::vfs::{Failure, Fault, FaultVfs, Op};

use crate::support::count;

const SECRET: &str = "a text that stands out in a file";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A database with three secret rows.
    async fn filled(&self, key: Key) -> Database {
        let db = open(&self.path("test.db"), key).await;
        fill(&db).await;
        db
    }
}

async fn open(path: &Path, key: Key) -> Database {
    Options::new(path).key(key).readers(4).open().await.unwrap()
}

async fn fill(db: &Database) {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v)";
    db.execute(table, ()).await.unwrap();
    let rows = (1..=3).map(|id| (id, SECRET));
    db.execute_many("INSERT INTO t VALUES (?, ?)", rows)
        .await
        .unwrap();
    db.execute("PRAGMA user_version = 7", ()).await.unwrap();
}

/// Slow on purpose, like every key that is derived: only for what is about passphrases.
fn passphrase() -> Key {
    Key::passphrase("correct horse battery staple")
}

fn first() -> Key {
    Key::raw([3; 32])
}

fn second() -> Key {
    Key::raw([7; 32])
}

fn holds_secret(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let secret = SECRET.as_bytes();
    bytes.windows(secret.len()).any(|window| window == secret)
}

async fn kind_of_opening(path: &Path, key: Option<Key>) -> ErrorKind {
    let options = Options::new(path).create(false);
    let options = match key {
        Some(key) => options.key(key),
        None => options,
    };
    options.open().await.unwrap_err().kind()
}

async fn check(path: &Path, key: Option<Key>) {
    let options = Options::new(path).create(false);
    let db = match key {
        Some(key) => options.key(key),
        None => options,
    };
    let db = db.open().await.unwrap();
    assert_eq!(count(&db).await, 3);
    let version: i64 = db.query_scalar("PRAGMA user_version", ()).await.unwrap();
    assert_eq!(version, 7);
    assert!(db.integrity_check().await.unwrap().is_empty());
    db.close().await.unwrap();
}

#[tokio::test]
async fn nothing_readable_reaches_the_disk() {
    for key in [passphrase(), second()] {
        let place = Place::new();
        let db = place.filled(key.clone()).await;
        assert!(!holds_secret(&place.path("test.db-wal")));
        db.checkpoint(CheckpointMode::Truncate).await.unwrap();
        db.close().await.unwrap();
        assert!(!holds_secret(&place.path("test.db")));
        check(&place.path("test.db"), Some(key)).await;
    }
}

#[tokio::test]
async fn a_wrong_key_or_none_is_its_own_error() {
    let place = Place::new();
    place.filled(passphrase()).await.close().await.unwrap();
    let path = place.path("test.db");
    let wrong = Key::passphrase("correct horse battery stable");
    for key in [wrong, second()] {
        assert_eq!(kind_of_opening(&path, Some(key)).await, ErrorKind::WrongKey);
    }
    assert_eq!(kind_of_opening(&path, None).await, ErrorKind::NotADatabase);
    let plain = Database::open(place.path("plain.db")).await.unwrap();
    fill(&plain).await;
    plain.close().await.unwrap();
    let kind = kind_of_opening(&place.path("plain.db"), Some(passphrase())).await;
    assert_eq!(kind, ErrorKind::WrongKey);
    check(&path, Some(passphrase())).await;
}

#[tokio::test]
async fn keys_that_cannot_be_are_refused() {
    let place = Place::new();
    for bad in [Key::passphrase(""), Key::passphrase("x'00'")] {
        let kind = kind_of_opening(&place.path("new.db"), Some(bad.clone())).await;
        assert_eq!(kind, ErrorKind::Misuse);
        let db = Database::open_in_memory().await.unwrap();
        let export = db.export_encrypted(place.path("copy.db"), bad).await;
        assert_eq!(export.unwrap_err().kind(), ErrorKind::Misuse);
    }
    let large = Options::new(place.path("new.db"))
        .key(first())
        .page_size_bytes(8192);
    assert_eq!(large.open().await.unwrap_err().kind(), ErrorKind::Misuse);
}

#[tokio::test]
async fn a_new_key_holds_for_every_connection() {
    let place = Place::new();
    let db = place.filled(first()).await;
    // All readers are open, and have read with the old key.
    let reads: Vec<_> = (0..8)
        .map(|_| tokio::spawn(slow_count(db.clone())))
        .collect();
    for read in reads {
        assert_eq!(read.await.unwrap(), 3);
    }
    db.rekey(second()).await.unwrap();
    let reads: Vec<_> = (0..8)
        .map(|_| tokio::spawn(slow_count(db.clone())))
        .collect();
    for read in reads {
        assert_eq!(read.await.unwrap(), 3);
    }
    db.execute("DELETE FROM t WHERE id = 1", ()).await.unwrap();
    db.execute("INSERT INTO t VALUES (1, 'again')", ())
        .await
        .unwrap();
    assert!(db.integrity_check().await.unwrap().is_empty());
    db.backup(place.path("backup.db")).await.unwrap();
    db.vacuum_into(place.path("compact.db")).await.unwrap();
    db.close().await.unwrap();
    for name in ["test.db", "backup.db", "compact.db"] {
        check(&place.path(name), Some(second())).await;
        let kind = kind_of_opening(&place.path(name), Some(first())).await;
        assert_eq!(kind, ErrorKind::WrongKey, "{name}");
    }
}

async fn slow_count(db: Database) -> i64 {
    db.read(|tx| {
        std::thread::sleep(Duration::from_millis(20));
        tx.query_scalar("SELECT count(*) FROM t", ())
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_under_load_and_no_call_notices() {
    let place = Place::new();
    let db = place.filled(second()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for n in 0..4_i64 {
        let (db, stop) = (db.clone(), stop.clone());
        tasks.push(tokio::spawn(async move {
            let mut id = 1000 * (n + 1);
            while !stop.load(Ordering::Relaxed) {
                let insert = "INSERT INTO t VALUES (?, randomblob(100))";
                db.execute(insert, (id,)).await.unwrap();
                assert!(count(&db).await > 3);
                let snapshot = db.snapshot().await.unwrap();
                let one = "SELECT count(*) FROM t WHERE id = ?";
                assert_eq!(snapshot.query_scalar::<i64>(one, (id,)).await.unwrap(), 1);
                id += 1;
            }
        }));
    }
    for n in 0..10 {
        db.rekey(Key::raw([n; 32])).await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    assert!(db.integrity_check().await.unwrap().is_empty());
    let rows = count(&db).await;
    db.close().await.unwrap();
    let db = open(&place.path("test.db"), Key::raw([9; 32])).await;
    assert_eq!(count(&db).await, rows);
}

#[tokio::test]
async fn a_new_key_waits_for_snapshots_and_gives_up_at_its_deadline() {
    let place = Place::new();
    let db = place.filled(first()).await;
    let snapshot = db.snapshot().await.unwrap();
    let began = Instant::now();
    let waiting = db.rekey(second()).deadline(Duration::from_millis(50));
    assert_eq!(waiting.await.unwrap_err().kind(), ErrorKind::Deadline);
    assert!(began.elapsed() < Duration::from_secs(5));
    // The old key holds, and nobody waits any more.
    let rows: i64 = snapshot
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .unwrap();
    assert_eq!((rows, count(&db).await), (3, 3));
    db.execute("PRAGMA user_version = 7", ()).await.unwrap();
    drop(snapshot);
    db.close().await.unwrap();
    check(&place.path("test.db"), Some(first())).await;
}

#[tokio::test]
async fn another_process_that_writes_keeps_the_old_key() {
    let place = Place::new();
    let path = place.path("test.db");
    place.filled(first()).await.close().await.unwrap();
    let options = Options::new(&path)
        .key(first())
        .busy_timeout(Duration::from_millis(50));
    let (db, other) = (options.open().await.unwrap(), open(&path, first()).await);
    let tx = other.begin().await.unwrap();
    tx.execute("DELETE FROM t", ()).await.unwrap();
    let error = db.rekey(second()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    tx.rollback().await.unwrap();
    assert_eq!((count(&db).await, count(&other).await), (3, 3));
}

#[tokio::test]
async fn a_plain_database_has_no_key_to_change() {
    let place = Place::new();
    let file = Database::open(place.path("plain.db")).await.unwrap();
    let memory = Database::open_in_memory().await.unwrap();
    for db in [file, memory] {
        let error = db.rekey(first()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
        assert!(error.to_string().contains("export_encrypted"), "{error}");
    }
}

#[tokio::test]
async fn content_goes_from_plain_to_encrypted_and_back() {
    let place = Place::new();
    let plain = Database::open(place.path("plain.db")).await.unwrap();
    fill(&plain).await;
    let (hidden, again) = (place.path("hidden.db"), place.path("again.db"));
    plain.export_encrypted(&hidden, second()).await.unwrap();
    assert!(!holds_secret(&hidden));
    check(&hidden, Some(second())).await;
    let encrypted = open(&hidden, second()).await;
    encrypted.export_plain(&again).await.unwrap();
    assert!(holds_secret(&again));
    check(&again, None).await;
    let taken = encrypted.export_plain(&again).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Misuse);
    let other = encrypted.export_encrypted(&again, first());
    other.overwrite(true).await.unwrap();
    check(&again, Some(first())).await;
    assert!(plain.integrity_check().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_empty_database_takes_another_ones_content() {
    let place = Place::new();
    place.filled(first()).await.close().await.unwrap();
    let source = place.path("test.db");
    let plain = Database::open(place.path("plain.db")).await.unwrap();
    let wrong = plain.import_encrypted(&source, second()).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::WrongKey);
    let no_key = plain.import_plain(&source).await.unwrap_err();
    assert_eq!(no_key.kind(), ErrorKind::NotADatabase);
    let missing = plain
        .import_plain(place.path("missing.db"))
        .await
        .unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    plain.import_encrypted(&source, first()).await.unwrap();
    let twice = plain.import_encrypted(&source, first()).await.unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::Misuse);
    plain.close().await.unwrap();
    check(&place.path("plain.db"), None).await;
    let encrypted = open(&place.path("encrypted.db"), second()).await;
    encrypted
        .import_plain(place.path("plain.db"))
        .await
        .unwrap();
    encrypted.close().await.unwrap();
    check(&place.path("encrypted.db"), Some(second())).await;
}

#[tokio::test]
async fn an_export_that_fails_leaves_no_file_and_the_database_as_it_was() {
    let place = Place::new();
    let db = place.filled(first()).await;
    let hidden = place.path("hidden.db");
    let stopped = db.export_plain(&hidden).deadline(Duration::ZERO).await;
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Deadline);
    let nowhere = db.export_plain(place.path("missing/hidden.db")).await;
    assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::Io);
    db.export_plain(&hidden).await.unwrap();
    check(&hidden, None).await;
}

#[tokio::test]
async fn the_key_is_in_no_error_and_no_debug_output() {
    let place = Place::new();
    let db = place.filled(passphrase()).await;
    let text = format!("{:?} {:?} {:?}", db, db.options(), passphrase());
    assert!(!text.contains("horse"), "{text}");
    let wrong = Key::passphrase("wrong donkey");
    let error = db
        .import_encrypted(place.path("missing.db"), wrong.clone())
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("donkey"));
    let options = Options::new(place.path("test.db")).key(wrong);
    let error = options.open().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("donkey"));
}

#[tokio::test]
async fn an_encrypted_database_is_migrated_with_an_encrypted_snapshot() {
    let place = Place::new();
    let db = open(&place.path("test.db"), second()).await;
    let table = Migration::sql("table", "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
    db.migrate(&Migrations::new([table])).await.unwrap();
    db.execute("INSERT INTO t VALUES (1, ?)", (SECRET,))
        .await
        .unwrap();
    let table = Migration::sql("table", "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
    let more = Migration::sql("more", "ALTER TABLE t ADD COLUMN w");
    let done = db.migrate(&Migrations::new([table, more])).await.unwrap();
    let snapshot = done.snapshot.unwrap();
    assert!(!holds_secret(&snapshot));
    assert_eq!(count(&open(&snapshot, second()).await).await, 1);
}

/// Fails every n-th call to the disk while the key changes. Whatever the answer, the handle reads and writes on, and
/// the file opens with the key that the answer tells.
async fn change_keys_on(name: &str, fault: Fault) {
    let place = Place::new();
    let path = place.path("test.db");
    let vfs = FaultVfs::register(name);
    let mut key = Key::raw([0; 32]);
    let options = Options::new(&path).vfs(vfs.name()).readers(1);
    let db = options.key(key.clone()).open().await.unwrap();
    fill(&db).await;
    let (mut failed, mut next) = (0, 1);
    for n in 1.. {
        db.execute("UPDATE t SET v = v", ()).await.unwrap();
        let other = Key::raw([next; 32]);
        next = next.wrapping_add(1);
        vfs.inject(fault.nth(n));
        let outcome = db.rekey(other.clone()).await;
        let fired = vfs.fired();
        vfs.heal();
        match outcome {
            Ok(()) => key = other,
            Err(error) => {
                assert_eq!(error.committed(), Committed::No, "{error} at {n}");
                failed += 1;
            }
        }
        assert_eq!(count(&db).await, 3, "at {n}");
        check(&path, Some(key.clone())).await;
        if fired == 0 {
            break;
        }
    }
    assert!(failed > 0, "nothing failed");
    assert!(db.integrity_check().await.unwrap().is_empty());
    db.close().await.unwrap();
    check(&path, Some(key)).await;
}

#[tokio::test]
async fn one_key_holds_whichever_write_fails() {
    change_keys_on("rekey-full", Fault::new(Op::Write, Failure::DiskFull)).await;
    change_keys_on("rekey-half", Fault::new(Op::Write, Failure::HalfThenIo)).await;
}

#[tokio::test]
async fn one_key_holds_whichever_sync_fails() {
    change_keys_on("rekey-sync", Fault::new(Op::Sync, Failure::Io)).await;
}

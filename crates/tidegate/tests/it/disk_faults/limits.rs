//! A limit of the operating system on the size of files: the disk's refusal as it really comes.

use tidegate_testkit::{ChildProcess, child_role, limits};

use super::*;

const LIMIT_BYTES: u64 = 400 << 10;
const TEST: &str = "disk_faults::limits::a_file_that_may_not_grow_is_an_error_and_no_damage";

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_damage() {
    match child_role() {
        Some((_, dir)) => fill_up(&dir),
        None => {
            let dir = tempfile::tempdir().expect("a temporary directory");
            let itself = std::env::current_exe().expect("a path");
            let mut command = limits::file_size(itself, LIMIT_BYTES);
            let child = ChildProcess::this_test_by(&mut command, TEST, "limited", dir.path());
            let status = child.expect("starts").wait().expect("ends");
            assert!(status.success(), "{status}");
            assert!(ids_after_check(&dir.path().join("app.db")).len() > 10);
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn fill_up(dir: &Path) {
    let db = Options::new(dir.join("app.db"))
        .open()
        .await
        .expect("opens");
    db.execute(
        "CREATE TABLE t (id INTEGER, half INTEGER, pad BLOB, PRIMARY KEY (id, half))",
        (),
    )
    .await
    .expect("creates");
    let mut book = Book::default();
    let mut refused = None;
    for id in 1..10_000 {
        let answer = insert(&db, id).await;
        refused = answer.as_ref().err().map(Error::kind);
        book.note(id, answer);
        if refused.is_some() {
            break;
        }
    }
    // The system says EFBIG here and ENOSPC on a full disk.
    assert_eq!(refused, Some(ErrorKind::Io));
    book.check(&ids(&db).await);
    // Room is made by deleting, and the same handle serves on.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)", ())
        .await
        .expect("checkpoints");
    insert(&db, 10_000).await.expect("writes");
    db.close().await.expect("closes");
}

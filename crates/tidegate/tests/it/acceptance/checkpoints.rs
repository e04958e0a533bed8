//! Case 10: checkpoints that empty the log, beside readers that never pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tidegate::CheckpointMode;

use super::assert_settled;
use crate::support::{count, open_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_10_fifty_truncating_checkpoints_under_readers_are_never_locked() {
    let db = open_with(|options| options.readers(2).busy_timeout(Duration::from_millis(100))).await;
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (db, stop) = (db.db.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    db.read(|tx| tx.query::<(i64,)>("SELECT id FROM t", ()))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let mut finished = 0;
    for id in 0..50 {
        db.execute("INSERT INTO t VALUES (?, 'row')", (id,))
            .await
            .unwrap();
        let done = db.checkpoint(CheckpointMode::Truncate).await.unwrap();
        finished += u32::from(!done.busy);
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(count(&db).await, 50);
    let last = db.checkpoint(CheckpointMode::Truncate).await.unwrap();
    assert!(
        !last.busy || finished > 0,
        "no checkpoint ever finished: {last:?}"
    );
    assert_settled(&db);
}

#[tokio::test]
async fn case_10_a_checkpoint_behind_a_snapshot_says_busy_and_one_after_it_finishes() {
    let db = open_with(|options| options.busy_timeout(Duration::from_millis(50))).await;
    let snapshot = db.snapshot().await.unwrap();
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    assert!(db.checkpoint(CheckpointMode::Truncate).await.unwrap().busy);
    assert_eq!(
        snapshot
            .query_scalar::<i64>("SELECT count(*) FROM t", ())
            .await
            .unwrap(),
        0
    );
    drop(snapshot);
    // The reader ends the snapshot's transaction before it serves anything else.
    assert_settled(&db);
    let done = db.checkpoint(CheckpointMode::Truncate).await.unwrap();
    assert!(!done.busy);
    let log = db.dir.path().join("test.db-wal");
    assert_eq!(std::fs::metadata(log).unwrap().len(), 0);
}

//! What a power cut leaves under concurrent writers: with `Full` (and a rollback journal: `Extra`) everything
//! acknowledged, with `Normal` all but the last commits, and never a damaged file.

use std::sync::{Arc, Mutex};
use tidegate::{JournalMode, Synchronous};
use tidegate_testkit::Rng;
use tidegate_testkit::vfs::Unsynced;

use super::*;

const WRITERS: i64 = 8;
const CUTS: usize = 30;

/// Small limits of the log, so that cuts hit checkpoints and new beginnings of the log.
async fn rig(journal: JournalMode, synchronous: Synchronous) -> Rig {
    let set = |options: Options| {
        options
            .journal_mode(journal)
            .synchronous(synchronous)
            .wal_soft_limit_bytes(64 << 10)
            .wal_hard_limit_bytes(256 << 10)
            .busy_timeout(Duration::from_secs(5))
    };
    let rig = Rig::open_with(|vfs| vfs.track_durability(), set).await;
    // A cut may take the table back as well, unless it is checkpointed.
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    rig.db.execute(checkpoint, ()).await.expect("checkpoints");
    rig
}

fn after_cut(vfs: FaultVfs, unsynced: Unsynced<'_>) -> BTreeSet<i64> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    vfs.crash(dir.path(), unsynced).expect("writes");
    ids_after_check(&dir.path().join("app.db"))
}

fn random_cut(vfs: FaultVfs, rng: &mut Rng) -> BTreeSet<i64> {
    match rng.below(3) {
        0 => after_cut(vfs, Unsynced::Lost),
        1 => after_cut(vfs, Unsynced::Kept),
        _ => after_cut(vfs, Unsynced::Scattered(rng)),
    }
}

/// Cuts the power again and again beside writers.
async fn nothing_acknowledged_is_lost(rig: Rig) {
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (db, acknowledged) = (rig.db.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for id in (writer..).step_by(WRITERS as usize) {
                    insert(&db, id).await.expect("writes");
                    acknowledged.lock().expect("unpoisoned").insert(id);
                }
            })
        })
        .collect();
    let vfs = rig.vfs;
    let cuts = tokio::task::spawn_blocking(move || {
        let (mut rng, mut cuts, mut kept) = (Rng::from_env(), 0, 0);
        while cuts < CUTS || kept < CUTS {
            let before = acknowledged.lock().expect("unpoisoned").clone();
            let left = random_cut(vfs, &mut rng);
            let lost: Vec<_> = before.difference(&left).collect();
            assert!(lost.is_empty(), "lost {lost:?}");
            (cuts, kept) = (cuts + 1, before.len());
        }
    });
    cuts.await.expect("cuts");
    for writer in writers {
        writer.abort();
    }
    rig.db.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_loses_nothing_acknowledged() {
    nothing_acknowledged_is_lost(rig(JournalMode::Wal, Synchronous::Full).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extra_loses_nothing_acknowledged_with_any_journal_on_disk() {
    for journal in [
        JournalMode::Delete,
        JournalMode::Truncate,
        JournalMode::Persist,
    ] {
        nothing_acknowledged_is_lost(rig(journal, Synchronous::Extra).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn normal_loses_the_last_commits_only() {
    let rig = rig(JournalMode::Wal, Synchronous::Normal).await;
    let db = rig.db.clone();
    let writer = tokio::spawn(async move {
        for id in 1.. {
            insert(&db, id).await.expect("writes");
        }
    });
    let vfs = rig.vfs;
    let cuts = tokio::task::spawn_blocking(move || {
        let (mut rng, mut cuts, mut most) = (Rng::from_env(), 0, 0);
        while cuts < CUTS || most == 0 {
            let left = random_cut(vfs, &mut rng);
            let count = left.len() as i64;
            assert!(left.iter().copied().eq(1..=count), "a gap in {left:?}");
            (cuts, most) = (cuts + 1, most.max(count));
        }
    });
    cuts.await.expect("cuts");
    writer.abort();
    rig.db.close().await.expect("closes");
}

//! Every single call of a small workload fails in turn; the file is sound after each.

use super::*;

/// Inserts five rows in transactions of their own, then checkpoints; returns what was acknowledged.
fn work(bench: &Bench) -> Vec<i64> {
    let mut acknowledged = Vec::new();
    let Ok(db) = bench.connect_wal("FULL") else {
        return acknowledged;
    };
    for id in 1..=5 {
        if insert(&db, id).is_ok() {
            acknowledged.push(id);
        }
    }
    // Its failure must not harm what was committed, which is checked by the caller.
    drop(db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    acknowledged
}

/// Fails the n-th call for every n until none is left to fail; exactly what was acknowledged must
/// be left.
fn sweep(name: &str, fault: Fault) {
    sweep_with(name, fault, |left, acknowledged| left == acknowledged);
}

fn sweep_with(name: &str, fault: Fault, sound: impl Fn(&[i64], &[i64]) -> bool) {
    let bench = Bench::new(name);
    for n in 1.. {
        bench.vfs.inject(fault.nth(n));
        let acknowledged = work(&bench);
        let struck = bench.vfs.fired();
        bench.vfs.heal();
        let left = ids_after_check(&bench.path());
        assert!(
            sound(&left, &acknowledged),
            "{left:?} not {acknowledged:?}: {fault:?} at {n}"
        );
        if struck == 0 {
            assert!(
                n > 3 && acknowledged.len() == 5,
                "the workload ran free after {n} rounds"
            );
            return;
        }
        remove_all(bench.dir.path());
    }
}

fn remove_all(dir: &Path) {
    for entry in fs::read_dir(dir).expect("lists") {
        fs::remove_file(entry.expect("lists").path()).expect("removes");
    }
}

#[test]
fn every_write_fails_once() {
    sweep("write-full", Fault::new(Op::Write, Failure::DiskFull));
    sweep("write-io", Fault::new(Op::Write, Failure::Io));
    sweep("write-half", Fault::new(Op::Write, Failure::HalfThenFull));
    sweep("write-half-io", Fault::new(Op::Write, Failure::HalfThenIo));
}

#[test]
fn every_write_fails_from_then_on() {
    sweep(
        "write-full-on",
        Fault::new(Op::Write, Failure::DiskFull).lasting(),
    );
    sweep(
        "write-half-on",
        Fault::new(Op::Write, Failure::HalfThenIo).lasting(),
    );
}

#[test]
fn every_sync_fails() {
    sweep("sync", Fault::new(Op::Sync, Failure::Io));
    // A commit whose sync failed is refused, and yet its frames are whole in the WAL: where nothing
    // overwrites them and nothing is checkpointed, the next recovery takes them for committed.
    let lasting = Fault::new(Op::Sync, Failure::Io).lasting();
    sweep_with("sync-on", lasting, |left, acknowledged| {
        let refused: Vec<&i64> = left
            .iter()
            .filter(|id| !acknowledged.contains(id))
            .collect();
        left.starts_with(acknowledged) && (refused.is_empty() || refused == [&5])
    });
}

#[test]
fn every_other_call_fails() {
    sweep("open", Fault::new(Op::Open, Failure::Io));
    sweep("read", Fault::new(Op::Read, Failure::Io));
    sweep("shm-lock", Fault::new(Op::ShmLock, Failure::Busy));
    sweep("shm-lock-io", Fault::new(Op::ShmLock, Failure::Io));
    sweep("lock", Fault::new(Op::Lock, Failure::Busy));
    sweep("size", Fault::new(Op::FileSize, Failure::Io));
}

//! What a power cut leaves: everything synced, nothing damaged.

use super::*;
use crate::Rng;

impl Bench {
    /// Cuts the power now and returns the ids that are left, after a check.
    #[track_caller]
    fn ids_after_crash(&self, unsynced: Unsynced<'_>) -> Vec<i64> {
        let dir = tempfile::tempdir().expect("temporary directory");
        self.vfs.crash(dir.path(), unsynced).expect("writes");
        ids_after_check(&dir.path().join("app.db"))
    }

    fn tracked(name: &str) -> Self {
        let bench = Bench::new(name);
        bench.vfs.track_durability();
        bench
    }
}

#[test]
fn full_keeps_every_commit() {
    let bench = Bench::tracked("power-full");
    let db = bench.connect_wal("FULL").expect("opens");
    for id in 1..=20 {
        insert(&db, id).expect("inserts");
        let expected: Vec<i64> = (1..=id).collect();
        assert_eq!(bench.ids_after_crash(Unsynced::Lost), expected);
    }
}

#[test]
fn normal_loses_commits_and_nothing_else() {
    let bench = Bench::tracked("power-normal");
    let db = bench.connect_wal("NORMAL").expect("opens");
    insert(&db, 1).expect("inserts");
    insert(&db, 2).expect("inserts");
    assert_eq!(bench.ids_after_crash(Unsynced::Lost), [] as [i64; 0]);
    assert_eq!(bench.ids_after_crash(Unsynced::Kept), [1, 2]);
    db.execute_batch("PRAGMA wal_checkpoint")
        .expect("checkpoints");
    assert_eq!(bench.ids_after_crash(Unsynced::Lost), [1, 2]);
}

#[test]
fn a_failed_sync_makes_nothing_durable() {
    let bench = Bench::tracked("power-sync");
    let db = bench.connect_wal("FULL").expect("opens");
    bench.vfs.inject(Fault::new(Op::Sync, Failure::Io));
    insert(&db, 1).expect_err("a fault");
    assert_eq!(bench.ids_after_crash(Unsynced::Lost), [] as [i64; 0]);
}

/// Why a driver must not call a commit undone when only its sync failed.
#[test]
fn a_commit_whose_sync_failed_may_come_back_until_the_next_one_overwrites_it() {
    let bench = Bench::tracked("power-refused");
    let db = bench.connect_wal("FULL").expect("opens");
    bench.vfs.inject(Fault::new(Op::Sync, Failure::Io));
    insert(&db, 1).expect_err("a fault");
    let seen = db.query_row("SELECT count(*) FROM t", (), |row| row.get::<_, i64>(0));
    assert_eq!(seen, Ok(0));
    assert_eq!(bench.ids_after_crash(Unsynced::Kept), [1]);
    insert(&db, 2).expect("inserts");
    assert_eq!(bench.ids_after_crash(Unsynced::Kept), [2]);
}

#[test]
fn a_disk_that_lies_about_syncs_loses_commits() {
    let bench = Bench::tracked("power-lies");
    let db = bench.connect_wal("FULL").expect("opens");
    insert(&db, 1).expect("inserts");
    bench
        .vfs
        .inject(Fault::new(Op::Sync, Failure::Code(0)).lasting());
    insert(&db, 2).expect("seems to insert");
    assert_eq!(bench.ids_after_crash(Unsynced::Lost), [1]);
}

/// Cuts the power at random instants of a workload with checkpoints and reopening.
fn scatter(name: &str, mode: &str) {
    let bench = Bench::tracked(name);
    let mut rng = Rng::from_env();
    let mut id = 0;
    for _ in 0..10 {
        let db = bench.connect_wal("FULL").expect("opens");
        db.execute_batch(mode).expect("sets the mode");
        for _ in 0..6 {
            id += 1;
            insert(&db, id).expect("inserts");
            if rng.chance(1, 3) {
                db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
                    .expect("checkpoints");
            }
            let expected: Vec<i64> = (1..=id).collect();
            assert_eq!(
                bench.ids_after_crash(Unsynced::Scattered(&mut rng)),
                expected
            );
        }
    }
}

#[test]
fn full_survives_scattered_writes() {
    scatter("power-wal", "PRAGMA wal_autocheckpoint = 4");
}

#[test]
fn extra_survives_scattered_writes_without_a_wal() {
    scatter(
        "power-journal",
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA",
    );
}

#[test]
fn a_crash_amid_a_commit_leaves_all_of_it_or_nothing() {
    for op in [Op::Write, Op::Sync] {
        let bench = Bench::tracked(&format!("power-amid-{op:?}"));
        let db = bench.connect_wal("FULL").expect("opens");
        insert(&db, 1).expect("inserts");
        let mut rng = Rng::from_env();
        let hold = bench.vfs.hold_next(op, Some(FileKind::Wal));
        let three = "INSERT INTO t (v) VALUES (randomblob(9000)), (2), (3)";
        let writer = thread::spawn(move || db.execute(three, ()));
        assert!(hold.reached(Duration::from_secs(60)));
        for _ in 0..20 {
            let ids = bench.ids_after_crash(Unsynced::Scattered(&mut rng));
            assert!(ids.len() == 1 || ids.len() == 4, "{ids:?}");
        }
        hold.release();
        writer.join().expect("joins").expect("inserts");
        assert_eq!(bench.ids_after_crash(Unsynced::Lost).len(), 4);
    }
}

//! Tests of the ledger.

use super::*;
use std::thread;

#[test]
fn entries_of_many_threads_arrive_whole() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let path = dir.path().join("ledger");
    assert_eq!(read_ledger(&path).expect("reads"), []);
    let ledger = Ledger::open(&path).expect("opens");
    thread::scope(|scope| {
        for thread in 0..4 {
            let ledger = &ledger;
            scope.spawn(move || {
                (0..500).for_each(|at| ledger.note(thread * 1_000 + at).expect("notes"));
            });
        }
    });
    Ledger::open(&path)
        .expect("opens")
        .note(u64::MAX)
        .expect("notes");
    let mut ids = read_ledger(&path).expect("reads");
    assert_eq!(ids.last(), Some(&u64::MAX));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2_001);
}

#[test]
fn other_files_are_refused() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let path = dir.path().join("ledger");
    fs::write(&path, "x".repeat(64)).expect("writes");
    let error = read_ledger(&path).expect_err("no ledger");
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

//! Deadlines are kept: the answer comes soon after, wherever the call is by then.
//!
//! Each test looks at the middle one of several rounds: a machine that is busy with something else keeps a thread
//! waiting now and then, a driver that is late is late each time.

use std::cell::RefCell;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tidegate::{Call, Committed, Database, ErrorKind};

use super::{RUNAWAY, assert_settled};
use crate::support::{TestDb, count, open_with};

const DEADLINE: Duration = Duration::from_millis(50);
const ROUNDS: usize = 11;
/// How late an answer may be here. What it is on a machine of its own, far less, is shown by the benchmarks.
const LATE_AT_MOST: Duration = Duration::from_millis(10);
/// How long the next query may take, whose thread has to stop the one before first.
const NEXT_AT_MOST: Duration = Duration::from_millis(20);
const INSERT: &str = "INSERT INTO t VALUES (1, 'row')";

/// Makes calls, none of which ends before its deadline.
async fn check<T: Send + 'static>(call: impl Fn() -> Call<T>) {
    let mut late = Vec::new();
    for _ in 0..ROUNDS {
        late.push(lateness(&call).await);
    }
    assert!(median(&late) < LATE_AT_MOST, "late: {late:?}");
}

/// How long after its deadline a call is answered.
async fn lateness<T: Send + 'static>(call: impl FnOnce() -> Call<T>) -> Duration {
    let began = Instant::now();
    let answer = call().deadline(DEADLINE).await;
    let took = began.elapsed();
    let error = answer.err().expect("it does not end by itself");
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    took.checked_sub(DEADLINE)
        .unwrap_or_else(|| panic!("answered after {took:?}"))
}

fn median(durations: &[Duration]) -> Duration {
    let mut durations = durations.to_vec();
    durations.sort_unstable();
    durations[durations.len() / 2]
}

/// One reader, one writer, and no room behind the call that they run.
async fn open_tight() -> TestDb {
    open_with(|options| options.readers(1).reader_queue(1).writer_queue(1)).await
}

/// Keeps the writer busy until what it gives is dropped.
async fn occupy_writer(db: &Database) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel();
    let (begin, began) = tokio::sync::oneshot::channel();
    tokio::spawn(db.write(move |_| {
        let _ = begin.send(());
        let _ = released.recv();
        Ok(())
    }));
    began.await.unwrap();
    release
}

#[tokio::test]
async fn case_02_a_runaway_query_stops_on_time_and_the_next_one_is_quick() {
    let db = open_tight().await;
    let (mut late, mut next) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        late.push(lateness(|| db.query_scalar::<i64>(RUNAWAY, ())).await);
        let began = Instant::now();
        assert_eq!(count(&db).await, 0);
        next.push(began.elapsed());
    }
    assert!(median(&late) < LATE_AT_MOST, "late: {late:?}");
    assert!(median(&next) < NEXT_AT_MOST, "next: {next:?}");
}

#[tokio::test]
async fn a_running_write_is_answered_on_time() {
    let db = open_tight().await;
    let runaway = "INSERT INTO t WITH RECURSIVE c(x) AS
        (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x, 'row' FROM c";
    check(|| db.execute(runaway, ())).await;
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_closure_that_does_not_look_at_the_clock_is_answered_for_on_time() {
    let db = open_tight().await;
    let release = RefCell::new(None);
    check(|| {
        let (sender, released) = mpsc::channel::<()>();
        // The one of the round before is dropped, and its closure returns.
        release.replace(Some(sender));
        db.write(move |_| Ok(released.recv().is_ok()))
    })
    .await;
    drop(release);
    assert_settled(&db);
}

#[tokio::test]
async fn a_call_behind_a_long_write_is_answered_on_time() {
    let db = open_tight().await;
    let release = occupy_writer(&db).await;
    check(|| db.execute(INSERT, ())).await;
    drop(release);
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_call_outside_a_full_queue_is_answered_on_time() {
    let db = open_tight().await;
    let release = occupy_writer(&db).await;
    let queued = tokio::spawn(db.execute(INSERT, ()));
    while db.stats().write_lane.queued == 0 {
        tokio::task::yield_now().await;
    }
    check(|| db.execute(INSERT, ())).await;
    drop(release);
    assert_eq!(queued.await.unwrap().unwrap(), 1);
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_query_of_a_snapshot_is_answered_on_time() {
    let db = open_tight().await;
    let snapshot = db.snapshot().await.unwrap();
    check(|| snapshot.query_scalar::<i64>(RUNAWAY, ())).await;
}

//! Case 17: a ticker on the runtime is not held up by ten thousand mixed calls; by one blocking call it is.

use std::time::Duration;

use tidegate::{Database, StallMonitor, StallReport, Synchronous};

use crate::support::open_with;

const TICK: Duration = Duration::from_millis(1);
/// From here on a tick counts as a stall. A machine shared with other tests is late by some milliseconds now and then;
/// a call that blocks until its commit is on disk, or its query has run, for much longer than that.
const STALL: Duration = Duration::from_millis(150);
const SLOW_READ: &str = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT count(*) FROM c";

async fn mixed(db: &Database, operations: i64) {
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let db = db.clone();
            tokio::task::spawn_local(async move {
                for n in 0..operations / 16 {
                    one(&db, task * operations + n).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn one(db: &Database, n: i64) {
    match n % 50 {
        0 => drop(db.query_scalar::<i64>(SLOW_READ, ()).await.unwrap()),
        1 => drop(
            db.execute_many("INSERT INTO t VALUES (NULL, ?)", (0..100).map(|v| (v,)))
                .await
                .unwrap(),
        ),
        2..10 => drop(
            db.execute("INSERT INTO t VALUES (NULL, ?)", (n,))
                .await
                .unwrap(),
        ),
        10..15 => drop(
            db.write(move |tx| tx.execute("INSERT INTO t VALUES (NULL, ?)", (n,)))
                .await
                .unwrap(),
        ),
        _ => drop(
            db.query::<(i64,)>("SELECT id FROM t WHERE id = ?", (n,))
                .await
                .unwrap(),
        ),
    }
}

/// Runs `work` on one thread beside a ticker and gives the ticker's report.
fn watched(work: impl AsyncFnOnce(&Database)) -> StallReport {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let db = open_with(|options| options.synchronous(Synchronous::Normal)).await;
        let (monitor, ticker) = StallMonitor::with_threshold(TICK, STALL);
        tokio::task::spawn_local(ticker);
        work(&db).await;
        let report = monitor.report();
        db.close().await.unwrap();
        report
    })
}

/// Whether nothing but the machine itself, whose lateness the monitor's own thread feels too, was late.
fn is_clean(report: &StallReport) -> bool {
    assert!(report.ticks > 20, "{report:?}");
    report.stalls == 0 || report.lag_us.max < 2.0 * report.timer_us.max
}

#[test]
fn case_17_ten_thousand_mixed_calls_stall_no_ticker() {
    // A call that blocks does so each time; a machine that is short of processors does not.
    let reports: Vec<_> = (0..3)
        .map(|_| watched(async |db| mixed(db, 10_000).await))
        .take_while(|report| !is_clean(report))
        .collect();
    assert!(reports.len() < 3, "{reports:?}");
}

#[test]
fn case_17_a_deliberate_blocking_call_is_seen() {
    let report = watched(async |db| {
        mixed(db, 1_000).await;
        // A query that runs for longer than the threshold, waited for on the executor's own thread.
        let slow = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
        let blocking = db.query_scalar::<i64>(slow, ()).deadline(STALL * 2).wait();
        assert!(blocking.is_err());
        mixed(db, 1_000).await;
    });
    assert!(report.stalls > 0, "{report:?}");
}

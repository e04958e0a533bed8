//! Many callers at once whose jobs fail in every way: what was answered is what is there.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate::{Committed, Database, Error, Result, Tx};
use tidegate_testkit::Rng;

use super::grouping;
use crate::support::open_with;

const TASKS: i64 = 16;
const JOBS: i64 = 120;
const INSERT: &str = "INSERT INTO pair (mark) VALUES (?)";
const SLOW: &str = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 30000) SELECT count(*) FROM c";

/// What a caller knows of its two rows afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    There,
    NotThere,
    Nothing,
}

fn pair(tx: &mut Tx<'_>, mark: i64, way: u64) -> Result<u64> {
    tx.execute(INSERT, (mark,))?;
    match way {
        0 => return Err(Error::application("given up")),
        1 => std::panic::panic_any("given up"),
        2 => drop(tx.execute("INSERT OR ROLLBACK INTO t VALUES (0, 'again')", ())?),
        3 => drop(tx.execute(
            "INSERT OR FAIL INTO t VALUES (NULL, 'left'), (0, 'again')",
            (),
        )?),
        4 => drop(tx.query_scalar::<i64>(SLOW, ())?),
        5 => drop(
            tx.execute("INSERT INTO t VALUES (0, 'again')", ())
                .unwrap_err(),
        ),
        6 => drop(tx.savepoint(|tx| -> Result<()> {
            tx.execute(INSERT, (mark,))?;
            Err(Error::application("this part only"))
        })),
        _ => {}
    }
    tx.execute(INSERT, (mark,))
}

async fn one_job(db: &Database, mark: i64, rng: &mut Rng) -> Known {
    let way = rng.below(14);
    let call = db.write(move |tx| pair(tx, mark, way));
    let limit = match way {
        4 => rng.duration(Duration::from_micros(10)..Duration::from_millis(4)),
        _ => Duration::from_secs(20),
    };
    let call = call.deadline(limit);
    let answer = match rng.chance(1, 8) {
        // Given up by its caller after a moment.
        true => match tokio::time::timeout(Duration::from_micros(rng.below(800)), call).await {
            Ok(answer) => answer,
            Err(_) => return Known::Nothing,
        },
        false => call.await,
    };
    match answer {
        Ok(_) => Known::There,
        Err(error) if error.committed() == Committed::Unknown => Known::Nothing,
        Err(_) => Known::NotThere,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_fail_in_every_way_at_once_leave_what_was_answered() {
    let db = open_with(grouping).await;
    db.execute_batch("CREATE TABLE pair (mark); INSERT INTO t VALUES (0, 'first')")
        .await
        .unwrap();
    let mut rng = Rng::from_env();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (db, mut rng) = (db.db.clone(), rng.fork());
            tokio::spawn(async move {
                let mut known = Vec::new();
                for mark in task * JOBS..(task + 1) * JOBS {
                    known.push((mark, one_job(&db, mark, &mut rng).await));
                }
                known
            })
        })
        .collect();
    let mut known = Vec::new();
    for task in tasks {
        known.extend(task.await.unwrap());
    }
    // Behind everything that was given up.
    db.execute("UPDATE t SET v = 'last' WHERE id = 0", ())
        .await
        .unwrap();
    let rows: Vec<(i64, i64)> = db
        .query("SELECT mark, count(*) FROM pair GROUP BY mark", ())
        .await
        .unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().collect();
    for (mark, known) in known {
        let there = rows.get(&mark).copied().unwrap_or(0);
        match known {
            Known::There => assert_eq!(there, 2, "mark {mark}: lost"),
            Known::NotThere => assert_eq!(there, 0, "mark {mark}: left behind"),
            Known::Nothing => assert!([0, 2].contains(&there), "mark {mark}: half"),
        }
    }
    let left: i64 = db.query_scalar("SELECT count(*) FROM t", ()).await.unwrap();
    assert_eq!(left, 1, "half a statement was left");
    assert!(db.stats().writer.replays > 0);
}

/// A transaction of two rows, each step of which may run out of time.
async fn hurried_transaction(db: &Database, mark: i64, rng: &mut Rng) -> Result<()> {
    let mut limit = || rng.duration(Duration::from_micros(20)..Duration::from_millis(3));
    let tx = db.begin().await?;
    tx.execute(INSERT, (mark,)).deadline(limit()).await?;
    tx.execute(INSERT, (mark,)).deadline(limit()).await?;
    tx.commit().deadline(limit()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_that_run_out_of_time_tell_the_truth() {
    let db = open_with(grouping).await;
    db.execute("CREATE TABLE pair (mark)", ()).await.unwrap();
    let mut rng = Rng::from_env();
    let tasks: Vec<_> = (0..4i64)
        .map(|task| {
            let (db, mut rng) = (db.db.clone(), rng.fork());
            tokio::spawn(async move {
                let mut known = Vec::new();
                for mark in task * 200..(task + 1) * 200 {
                    known.push((mark, hurried_transaction(&db, mark, &mut rng).await));
                }
                known
            })
        })
        .collect();
    for task in tasks {
        for (mark, answer) in task.await.unwrap() {
            let there: i64 = db
                .query_scalar("SELECT count(*) FROM pair WHERE mark = ?", (mark,))
                .await
                .unwrap();
            match answer {
                Ok(()) => assert_eq!(there, 2, "mark {mark}: lost"),
                Err(error) if error.committed() == Committed::Unknown => {
                    assert!([0, 2].contains(&there))
                }
                Err(error) => assert_eq!(there, 0, "mark {mark}: {error}"),
            }
        }
    }
}

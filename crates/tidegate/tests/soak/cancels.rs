//! Calls of every kind, dropped, cancelled or out of time at random: nothing is left of them, or all of it.

use std::future::Future;
use std::time::{Duration, Instant};

use tidegate::{CallClass, CancelToken, Database, Options, Result};
use tidegate_testkit::{Rng, threads_named, wait_until};
use tokio::task::yield_now;

use crate::pace;

const CALLERS: u64 = 16;
const CALLS_OF_A_CALLER: u64 = 50;
const INSERT: &str = "INSERT INTO t (pair) VALUES (?)";
const SLOW: &str = "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c LIMIT 20000)
                    SELECT count(*) FROM c";
const CLASSES: [CallClass; 5] = [
    CallClass::Read,
    CallClass::Write,
    CallClass::Transaction,
    CallClass::Stream,
    CallClass::Maintenance,
];

#[test]
fn calls_given_up_at_random_leave_nothing_behind() {
    let runtime = pace::runtime();
    let mut rng = Rng::from_env();
    let until = pace::end();
    while Instant::now() < until {
        runtime.block_on(one_round(&mut rng));
    }
}

async fn one_round(rng: &mut Rng) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let db = Options::new(dir.path().join("given-up.db"))
        .readers(rng.range(1..4) as usize)
        .writer_queue(*rng.pick(&[2, 4096]))
        .reader_queue(*rng.pick(&[2, 4096]))
        .open()
        .await
        .expect("opens");
    db.execute("CREATE TABLE t (pair INTEGER)", ())
        .await
        .expect("creates");
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| tokio::spawn(call_at_random(db.clone(), caller, rng.fork())))
        .collect();
    for caller in callers {
        caller.await.expect("a caller failed");
    }
    nothing_is_left(&db).await;
    db.close().await.expect("closes");
    let no_thread = || threads_named("given-up").is_empty();
    assert!(wait_until(Duration::from_secs(10), no_thread));
    assert!(!dir.path().join("given-up.db-wal").exists());
}

async fn call_at_random(db: Database, caller: u64, mut rng: Rng) {
    for count in 0..CALLS_OF_A_CALLER {
        let pair = (caller * CALLS_OF_A_CALLER + count) as i64;
        let limit = rng.duration(Duration::from_micros(1)..Duration::from_millis(5));
        let yields = rng.below(30);
        let token = CancelToken::new();
        match rng.below(7) {
            0 => give_up(pair_by_closure(&db, pair, &token, limit), yields, &token).await,
            1 => give_up(db.execute_many(INSERT, [(pair,), (pair,)]), yields, &token).await,
            2 => give_up(pair_by_transaction(&db, pair), yields, &token).await,
            3 => {
                give_up(
                    db.query_scalar::<i64>(SLOW, ()).deadline(limit),
                    yields,
                    &token,
                )
                .await
            }
            4 => {
                give_up(
                    db.read(|tx| tx.query_scalar::<i64>(SLOW, ())),
                    yields,
                    &token,
                )
                .await
            }
            5 => give_up(two_queries_of_a_snapshot(&db), yields, &token).await,
            _ => {
                give_up(
                    db.query_scalar::<i64>(SLOW, ()).cancel(&token),
                    yields,
                    &token,
                )
                .await
            }
        }
    }
}

/// Lets a call run until it has an answer or the caller has yielded so often; then it is cancelled or dropped.
async fn give_up<R>(call: impl Future<Output = Result<R>>, yields: u64, token: &CancelToken) {
    let patience = async {
        for _ in 0..yields {
            yield_now().await;
        }
        if yields.is_multiple_of(2) {
            token.cancel();
        }
    };
    tokio::select! {
        biased;
        // Whether it has succeeded is no matter here: what it leaves behind is looked at later.
        _ = call => {}
        () = patience => {}
    }
}

fn pair_by_closure(
    db: &Database,
    pair: i64,
    token: &CancelToken,
    limit: Duration,
) -> tidegate::Call<u64> {
    let call = db.write(move |tx| {
        tx.execute(INSERT, (pair,))?;
        tx.query_scalar::<i64>(SLOW, ())?;
        tx.execute(INSERT, (pair,))
    });
    call.cancel(token).deadline(limit)
}

async fn pair_by_transaction(db: &Database, pair: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.execute(INSERT, (pair,)).await?;
    let savepoint = tx.savepoint().await?;
    savepoint.execute(INSERT, (pair,)).await?;
    savepoint.commit().await?;
    tx.commit().await
}

async fn two_queries_of_a_snapshot(db: &Database) -> Result<()> {
    let snapshot = db.snapshot().await?;
    let pairs = "SELECT count(*) FROM t";
    let first: i64 = snapshot.query_scalar(pairs, ()).await?;
    let second: i64 = snapshot.query_scalar(pairs, ()).await?;
    assert_eq!(first, second);
    Ok(())
}

/// No call is under way, no half of a pair is there, and the next calls are served at once.
async fn nothing_is_left(db: &Database) {
    let is_idle = || {
        let stats = db.stats();
        let calls = CLASSES.map(|class| stats.calls.of(class).in_flight);
        calls == [0; CLASSES.len()]
            && stats.read_lane.in_flight + stats.write_lane.in_flight == 0
            && stats.readers.active == 0
    };
    assert!(
        wait_until(Duration::from_secs(10), is_idle),
        "{:#?}",
        db.stats()
    );
    let halves: Vec<i64> = db
        .query("SELECT pair FROM t GROUP BY pair HAVING count(*) <> 2", ())
        .deadline(Duration::from_secs(5))
        .await
        .expect("reads");
    assert!(halves.is_empty(), "parts of {halves:?}");
    db.execute("DELETE FROM t", ())
        .deadline(Duration::from_secs(5))
        .await
        .expect("writes");
}

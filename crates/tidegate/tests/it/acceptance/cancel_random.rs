//! Case 1: ten thousand calls given up at random moments, from several threads at once.

use std::thread;

use tidegate::{CancelToken, Database, Options, Synchronous};
use tidegate_testkit::poll::{block_on, poll_eagerly, poll_times};
use tidegate_testkit::{Rng, threads_named, wait_until};

use super::{PATIENCE, assert_no_transaction_open, assert_settled};
use crate::support::open_with;

const ROUNDS: i64 = 10_000;
const THREADS: i64 = 4;
const PAIR: &str = "INSERT INTO pair (mark) VALUES (?)";

async fn by_transaction(db: Database, mark: i64) -> tidegate::Result<()> {
    let mut tx = db.begin().await?;
    tx.execute(PAIR, (mark,)).await?;
    let savepoint = tx.savepoint().await?;
    savepoint.execute(PAIR, (mark,)).await?;
    savepoint.commit().await?;
    tx.commit().await
}

async fn by_snapshot(db: Database) -> tidegate::Result<i64> {
    let snapshot = db.snapshot().await?;
    snapshot.query_scalar("SELECT count(*) FROM pair", ()).await
}

/// Gives a future up after some polls, or lets it end.
fn give_up<T>(future: impl Future<Output = tidegate::Result<T>>, rng: &mut Rng) {
    let polls = rng.index(5);
    let _ = match rng.below(3) {
        0 => poll_times(future, polls).ready(),
        1 => poll_eagerly(future, 1 + 20 * polls).ready(),
        _ => Some(block_on(future)),
    };
}

fn one_round(db: &Database, mark: i64, rng: &mut Rng) {
    let db = db.clone();
    let token = CancelToken::new();
    match rng.below(7) {
        0 => give_up(
            db.execute("INSERT INTO pair VALUES (?1), (?1)", (mark,)),
            rng,
        ),
        1 => give_up(db.execute_many(PAIR, [(mark,), (mark,)]), rng),
        2 => {
            let pair = db.write(move |tx| {
                tx.execute(PAIR, (mark,))?;
                tx.execute(PAIR, (mark,))
            });
            give_up(pair.cancel(&token), rng);
            token.cancel();
        }
        3 => give_up(by_transaction(db, mark), rng),
        4 => give_up(by_snapshot(db), rng),
        5 => give_up(db.query_scalar::<i64>("SELECT count(*) FROM pair", ()), rng),
        _ => {
            let deadline =
                rng.duration(std::time::Duration::ZERO..std::time::Duration::from_micros(300));
            give_up(
                db.execute("INSERT INTO pair VALUES (?1), (?1)", (mark,))
                    .deadline(deadline),
                rng,
            );
        }
    }
}

/// Gives calls up from several threads at once, and checks that nothing of them is held or half done.
fn give_up_at_random(db: &Database, rounds: i64) {
    block_on(db.execute("CREATE TABLE pair (mark)", ())).unwrap();
    let mut rng = Rng::from_env();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (db, mut rng) = (db.clone(), rng.fork());
            scope.spawn(move || {
                for round in 0..rounds / THREADS {
                    one_round(&db, round * THREADS + thread, &mut rng);
                }
            });
        }
    });
    assert_settled(db);
    let halves: i64 = block_on(db.query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM pair GROUP BY mark HAVING count(*) <> 2)",
        (),
    ))
    .unwrap();
    assert_eq!(halves, 0, "partial data");
}

#[test]
fn case_01_ten_thousand_random_rounds_lose_nothing() {
    let db = block_on(open_with(|options| {
        options
            .name("rounds")
            .synchronous(Synchronous::Normal)
            .readers(2)
            .reader_queue(2)
            .writer_queue(2)
    }));
    give_up_at_random(&db, ROUNDS);
    assert_no_transaction_open(&db.dir.path().join("test.db"));
    block_on(db.close()).unwrap();
    assert!(wait_until(PATIENCE, || threads_named("rounds.").is_empty()));
}

#[test]
fn case_01_random_rounds_in_memory_lose_nothing() {
    let options = Options::memory().name("memrounds").writer_queue(2);
    let db = block_on(options.open()).unwrap();
    give_up_at_random(&db, ROUNDS / 4);
    // The only connection would refuse to begin within a transaction.
    block_on(block_on(db.begin()).unwrap().commit()).unwrap();
    block_on(db.close()).unwrap();
    assert!(wait_until(PATIENCE, || threads_named("memrounds.").is_empty()));
}

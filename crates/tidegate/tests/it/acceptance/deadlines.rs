//! Deadlines and tokens: the answer is on time wherever the work is, and says what became of it.

use std::pin::Pin;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tidegate::{CancelToken, Committed, ErrorKind};
use tidegate_testkit::poll::{CountingWaker, poll_once};

use super::{RUNAWAY, assert_settled};
use crate::support::{count, open, open_with};

const INSERT: &str = "INSERT INTO t VALUES (?, 'row')";

#[tokio::test]
async fn a_deadline_while_queued_behind_a_long_write_answers_on_time() {
    let db = open().await;
    let (release, released) = mpsc::channel::<()>();
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let long = tokio::spawn(db.write(move |_| {
        began.send(()).expect("the test waits");
        released.recv().expect("the test answers");
        Ok(())
    }));
    has_begun.await.unwrap();
    let since = Instant::now();
    let error = db
        .execute(INSERT, (1,))
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "while the other write still runs"
    );
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    let timing = error.timing().unwrap();
    assert_eq!(timing.ran, Duration::ZERO);
    assert!(timing.waited >= Duration::from_millis(50));
    assert!(error.is_retryable());
    release.send(()).unwrap();
    long.await.unwrap().unwrap();
    assert_eq!(count(&db).await, 0);
    assert_settled(&db);
}

#[tokio::test]
async fn a_deadline_in_the_lobby_of_a_full_queue_answers_on_time() {
    let db = open_with(|options| options.writer_queue(1)).await;
    let holder = db.begin().await.unwrap();
    let calls = (0..8).map(|id| {
        db.execute(INSERT, (id,))
            .deadline(Duration::from_millis(50))
    });
    let tasks: Vec<_> = calls.map(tokio::spawn).collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap_err().kind(), ErrorKind::Deadline);
    }
    holder.commit().await.unwrap();
    assert_eq!(count(&db).await, 0);
    assert_settled(&db);
}

#[tokio::test]
async fn a_deadline_that_has_passed_before_the_first_poll_never_runs() {
    let db = open().await;
    let error = db
        .execute(INSERT, (1,))
        .deadline(Duration::ZERO)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_deadline_shortened_while_the_call_waits_still_holds() {
    let db = open().await;
    let holder = db.begin().await.unwrap();
    let mut call = db.execute(INSERT, (1,));
    assert!(poll_once(Pin::new(&mut call), &CountingWaker::new()).is_pending());
    let shortened = call.deadline(Duration::from_millis(50));
    let answer = tokio::time::timeout(Duration::from_secs(10), shortened).await;
    assert_eq!(answer.unwrap().unwrap_err().kind(), ErrorKind::Deadline);
    drop(holder);
}

#[tokio::test]
async fn a_token_given_while_the_call_waits_still_holds() {
    let db = open().await;
    let holder = db.begin().await.unwrap();
    let token = CancelToken::new();
    let mut call = db.execute(INSERT, (1,));
    assert!(poll_once(Pin::new(&mut call), &CountingWaker::new()).is_pending());
    let tied = call.cancel(&token);
    token.cancel();
    let answer = tokio::time::timeout(Duration::from_secs(10), tied).await;
    assert_eq!(answer.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    drop(holder);
}

#[tokio::test]
async fn a_token_stops_a_running_query_and_a_queued_write_and_whatever_comes_later() {
    let db = open().await;
    let token = CancelToken::new();
    let holder = db.begin().await.unwrap();
    let running = tokio::spawn(db.query_scalar::<i64>(RUNAWAY, ()).cancel(&token));
    let queued = tokio::spawn(db.execute(INSERT, (1,)).cancel(&token));
    let both_are_in = || {
        let stats = db.stats();
        stats.calls.read.in_flight == 1 && stats.calls.write.in_flight == 1
    };
    while !both_are_in() {
        tokio::task::yield_now().await;
    }
    token.cancel();
    for error in [
        running.await.unwrap().unwrap_err(),
        queued.await.unwrap().unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.committed()),
            (ErrorKind::Cancelled, Committed::No)
        );
    }
    let later = db.execute(INSERT, (2,)).cancel(&token).await.unwrap_err();
    assert_eq!(later.kind(), ErrorKind::Cancelled);
    drop(holder);
    assert_eq!(count(&db).await, 0);
    assert_settled(&db);
}

#[tokio::test]
async fn a_closure_that_does_not_look_at_the_clock_is_answered_for_and_undone() {
    let db = open().await;
    let (release, released) = mpsc::channel::<()>();
    let error = db
        .write(move |tx| {
            tx.execute(INSERT, (1,))?;
            released.recv().expect("the test answers");
            tx.execute(INSERT, (2,))
        })
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    release.send(()).unwrap();
    db.execute(INSERT, (3,)).await.unwrap();
    assert_eq!(count(&db).await, 1);
    assert_settled(&db);
}

#[tokio::test]
async fn an_idle_transaction_is_rolled_back_and_says_so() {
    let db = open_with(|options| options.transaction_idle_limit(Duration::from_millis(100))).await;
    let tx = db.begin().await.unwrap();
    tx.execute(INSERT, (1,)).await.unwrap();
    // The writer is free again only because the idle transaction has ended.
    db.execute(INSERT, (2,)).await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert!(
        error.to_string().contains("transaction_idle_limit"),
        "{error}"
    );
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_snapshot_past_its_age_is_ended_and_says_so() {
    let db = open_with(|options| options.snapshot_max_age(Duration::from_millis(1_000))).await;
    let snapshot = db.snapshot().await.unwrap();
    let error = snapshot.query_scalar::<i64>(RUNAWAY, ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{error}");
    assert!(error.to_string().contains("maximum age"), "{error}");
    let later = snapshot
        .query_scalar::<i64>("SELECT 1", ())
        .await
        .unwrap_err();
    assert!(later.to_string().contains("maximum age"), "{later}");
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn deadlines_given_up_at_random_moments_are_told_as_deadlines() {
    let db = open().await;
    let mut rng = tidegate_testkit::Rng::from_env();
    for id in 0..2_000 {
        let deadline = rng.duration(Duration::from_micros(1)..Duration::from_micros(1_500));
        let answer = match rng.chance(1, 2) {
            true => db.execute(INSERT, (id,)).deadline(deadline).await.map(drop),
            false => db
                .query_scalar::<i64>("SELECT count(*) FROM t", ())
                .deadline(deadline)
                .await
                .map(drop),
        };
        if let Err(error) = answer {
            assert_eq!(error.kind(), ErrorKind::Deadline, "{error}");
            assert!(error.timing().is_some());
        }
    }
    assert_settled(&db);
}

#[tokio::test]
async fn twenty_thousand_calls_at_once_are_all_answered() {
    let db = open_with(|options| {
        options
            .writer_queue(64)
            .synchronous(tidegate::Synchronous::Normal)
    })
    .await;
    let holder = db.begin().await.unwrap();
    let calls: Vec<_> = (0..20_000).map(|id| db.execute(INSERT, (id,))).collect();
    let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    // Every third one is given up by its caller, wherever it waits.
    tokio::task::yield_now().await;
    for task in tasks.iter().step_by(3) {
        task.abort();
    }
    holder.commit().await.unwrap();
    let mut written = 0;
    for task in tasks {
        if let Ok(answer) = task.await {
            written += answer.unwrap() as i64;
        }
    }
    assert!(written >= 20_000 - 20_000 / 3 - 1);
    assert_settled(&db);
    assert!(count(&db).await >= written);
}

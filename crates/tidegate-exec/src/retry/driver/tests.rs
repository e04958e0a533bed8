//! What is tried, when, and how it ends, on a clock that stands still.

use std::cell::Cell;

use super::*;
use crate::retry::backoff::Jitter;

const SECOND: Duration = Duration::from_secs(1);

fn backoff() -> Backoff {
    Backoff::exponential(SECOND)
        .jitter(Jitter::None)
        .max_attempts(4)
        .max_elapsed(60 * SECOND)
}

/// Fails with `decision` as its error until attempt `succeeds`.
async fn run(
    backoff: &Backoff,
    succeeds: u32,
    decision: Decision,
) -> (Result<u32, GaveUp<Decision>>, Duration) {
    let begun = Instant::now();
    let operation = Repeatable::because("it only counts", async |attempt| {
        if attempt < succeeds {
            Err(decision)
        } else {
            Ok(attempt)
        }
    });
    (
        retry(backoff, operation, |error| *error).await,
        begun.elapsed(),
    )
}

#[tokio::test(start_paused = true)]
async fn waits_are_as_long_as_the_backoff_says() {
    let check =
        async |succeeds, decision, expected: Result<u32, (u32, GaveUpBecause)>, seconds: u32| {
            let (result, elapsed) = run(&backoff(), succeeds, decision).await;
            let result = result.map_err(|gave_up| (gave_up.attempts, gave_up.because));
            assert_eq!(result, expected, "{succeeds}, {decision:?}");
            assert_eq!(
                elapsed.as_secs(),
                u64::from(seconds),
                "{succeeds}, {decision:?}"
            );
        };
    let attempts = GaveUpBecause::Exhausted(Exhausted::Attempts);
    let late = GaveUpBecause::Exhausted(Exhausted::Elapsed);
    check(1, Decision::Retry, Ok(1), 0).await;
    check(2, Decision::Retry, Ok(2), 1).await;
    check(4, Decision::Retry, Ok(4), 1 + 2 + 4).await;
    check(5, Decision::Retry, Err((4, attempts)), 1 + 2 + 4).await;
    check(2, Decision::GiveUp, Err((1, GaveUpBecause::Decided)), 0).await;
    check(3, Decision::RetryAfter(10 * SECOND), Ok(3), 20).await;
    check(4, Decision::RetryAfter(SECOND), Ok(4), 1 + 2 + 4).await;
    check(5, Decision::RetryAfter(25 * SECOND), Err((3, late)), 50).await;
    check(2, Decision::RetryAfter(Duration::MAX), Err((1, late)), 0).await;
}

#[tokio::test(start_paused = true)]
async fn time_in_an_attempt_counts() {
    let slow = Repeatable::because("it only sleeps", async |_| {
        sleep(40 * SECOND).await;
        Err::<(), _>("no")
    });
    let gave_up = retry(&backoff(), slow, |_| Decision::Retry)
        .await
        .unwrap_err();
    assert_eq!(gave_up.attempts, 2);
    assert_eq!(
        gave_up.to_string(),
        "gave up after 2 attempts in 81.0s (the next attempt would come later than is allowed): no"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_tried_after_the_future_is_dropped() {
    let attempts = Cell::new(0);
    let failing = Repeatable::because("it only counts", async |attempt| {
        attempts.set(attempt);
        Err::<(), _>(())
    });
    let backoff = backoff();
    let retrying = retry(&backoff, failing, |()| Decision::Retry);
    assert!(tokio::time::timeout(2 * SECOND, retrying).await.is_err());
    sleep(60 * SECOND).await;
    assert_eq!(attempts.get(), 2);
}

#[tokio::test]
async fn it_can_be_spawned() {
    let backoff = Backoff::default();
    let task = tokio::spawn(async move {
        let operation =
            Repeatable::because("it does nothing", async |attempt| Ok::<_, ()>(attempt));
        retry(&backoff, operation, |()| Decision::Retry).await
    });
    assert_eq!(task.await.unwrap(), Ok(1));
}

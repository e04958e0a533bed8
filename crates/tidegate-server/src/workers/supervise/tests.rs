//! Tests of restarting: after failures and panics, with growing waits, until the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tidegate::{Database, StallMonitor};

use super::*;
use crate::config::Config;
use crate::notifying::Dispatcher;

#[test]
fn the_wait_doubles_up_to_a_limit() {
    assert_eq!(backoff(1), BACKOFF_MIN);
    assert_eq!(backoff(2), 2 * BACKOFF_MIN);
    assert_eq!(backoff(3), 4 * BACKOFF_MIN);
    assert_eq!(backoff(9), BACKOFF_MAX);
    assert_eq!(backoff(u32::MAX), BACKOFF_MAX);
}

async fn app() -> App {
    let db = Database::open_in_memory().await.unwrap();
    let (stall, _) = StallMonitor::new(Duration::from_secs(1));
    let dispatcher = Dispatcher::new().unwrap();
    let address = ([127, 0, 0, 1], 0).into();
    App::new(db, Config::default(), stall, dispatcher, address)
}

/// Panics in the first round, fails in the second, does its work in the others.
fn shaky() -> Worker {
    let rounds = Arc::new(AtomicU32::new(0));
    Worker::new("shaky", move |_| {
        let round = rounds.fetch_add(1, Ordering::Relaxed);
        async move {
            match round {
                0 => panic!("the first round"),
                1 => Err("the second round".to_owned()),
                _ => Ok(Duration::from_millis(1)),
            }
        }
    })
}

#[tokio::test]
async fn a_worker_is_restarted_after_a_panic_and_after_an_error() {
    let (app, mut tasks) = (app().await, JoinSet::new());
    supervise(&app, &mut tasks, shaky());
    let state = loop {
        let (_, state) = app.workers.states().remove(0);
        if state.rounds >= 2 {
            break state;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    assert_eq!((state.failures, state.failures_in_a_row), (2, 0));
    assert_eq!(state.last_error.as_deref(), Some("the second round"));
    app.stopping.stop();
    while tasks.join_next().await.is_some() {}
    assert_eq!(app.workers.states()[0].1.state, "ended");
}

#[tokio::test]
async fn a_round_that_never_ends_is_ended_with_the_server() {
    let (app, mut tasks) = (app().await, JoinSet::new());
    let endless = Worker::new("endless", |_| std::future::pending());
    supervise(&app, &mut tasks, endless);
    tokio::task::yield_now().await;
    app.stopping.stop();
    while tasks.join_next().await.is_some() {}
    assert_eq!(app.workers.states()[0].1.state, "ended");
}

//! Keeping a worker at work until the server is to end.

#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::app::App;
use crate::clock;

/// The first wait after a failure; it doubles with each failure in a row.
const BACKOFF_MIN: Duration = Duration::from_millis(200);
/// The longest wait after a failure.
const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// The future of one round of work: how long to wait before the next one.
type Round = Pin<Box<dyn Future<Output = Result<Duration, String>> + Send>>;

/// A worker: a name, and what it does in each round.
pub(crate) struct Worker {
    name: &'static str,
    round: Box<dyn Fn(App) -> Round + Send + Sync>,
}

impl Worker {
    /// A worker whose rounds are these. A round says how long to wait before the next, or why it failed; it ends early, at
    /// any of its awaits, when the server is to end.
    pub(crate) fn new<F, R>(name: &'static str, round: F) -> Self
    where
        F: Fn(App) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Duration, String>> + Send + 'static,
    {
        let round = Box::new(move |app| -> Round { Box::pin(round(app)) });
        Self { name, round }
    }
}

/// Begins a worker; it is over when the server is to end.
pub(crate) fn supervise(app: &App, tasks: &mut JoinSet<()>, worker: Worker) {
    app.workers.set_state(worker.name, "running");
    tasks.spawn(keep_at_work(app.clone(), worker));
}

async fn keep_at_work(app: App, worker: Worker) {
    let mut failures = 0;
    while !app.stopping.is_stopped() {
        let wait = tokio::select! {
            () = app.stopping.stopped() => break,
            outcome = one_round(&app, &worker) => match outcome {
                Ok(wait) => {
                    failures = 0;
                    app.workers.count_round(worker.name, clock::now());
                    wait
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(worker = worker.name, error, failures, "a worker failed");
                    app.workers.count_failure(worker.name, clock::now(), error);
                    backoff(failures)
                }
            },
        };
        tokio::select! {
            () = app.stopping.stopped() => {}
            () = tokio::time::sleep(wait) => app.workers.set_state(worker.name, "running"),
        }
    }
    app.workers.set_state(worker.name, "ended");
}

/// On a task of its own, so that a panic ends the round alone; the task ends with this future.
async fn one_round(app: &App, worker: &Worker) -> Result<Duration, String> {
    let mut task = JoinSet::new();
    task.spawn((worker.round)(app.clone()));
    match task.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) => Err(error.to_string()),
        None => Err("the round was not begun".to_owned()),
    }
}

fn backoff(failures: u32) -> Duration {
    let doubled = BACKOFF_MIN.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(BACKOFF_MAX)
}

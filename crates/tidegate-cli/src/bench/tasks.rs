//! Many tasks that repeat one operation until their time is over.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tidegate::Database;

use super::Plan;
use super::figures::{Figures, Work};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::measure::{Latencies, Ticker};

/// Before it counts, work runs for a fifth of its time: caches fill, connections open.
const WARM_UP_SHARE: u32 = 5;

/// Repeats `operation`, which is given the task's number and a number of its own, and notes how long each took.
/// `batch` is how many rows one operation stands for.
pub(super) async fn repeat<F, R>(
    context: &Context,
    database: &Database,
    plan: Plan,
    work: Work,
    operation: F,
) -> Result<Figures>
where
    F: Fn(Database, usize, u64) -> R + Send + Sync + 'static,
    R: Future<Output = tidegate::Result<()>> + Send + 'static,
{
    context.check()?;
    let operation = Arc::new(operation);
    let warm_up = Instant::now() + plan.time / WARM_UP_SHARE;
    run(context, database, &work, &operation, warm_up).await?;
    let before = database.stats().writer;
    let ticker = Ticker::start();
    let begun = Instant::now();
    let latencies = run(context, database, &work, &operation, begun + plan.time).await?;
    let took = begun.elapsed();
    let after = database.stats().writer;
    Ok(Figures {
        work,
        took,
        latencies,
        ticker: ticker.stop(),
        commits: after.group_commits - before.group_commits,
        jobs: after.jobs_committed - before.jobs_committed,
    })
}

async fn run<F, R>(
    context: &Context,
    database: &Database,
    work: &Work,
    operation: &Arc<F>,
    until: Instant,
) -> Result<Latencies>
where
    F: Fn(Database, usize, u64) -> R + Send + Sync + 'static,
    R: Future<Output = tidegate::Result<()>> + Send + 'static,
{
    let tasks: Vec<_> = (0..work.tasks)
        .map(|task| {
            tokio::spawn(one_task(
                database.clone(),
                task,
                Arc::clone(operation),
                until,
            ))
        })
        .collect();
    let joined = async {
        let mut all = Vec::with_capacity(tasks.len());
        for task in tasks {
            let done = task.await;
            all.push(
                done.map_err(|error| Failure::refused(format!("a task ended early: {error}")))??,
            );
        }
        Ok(Latencies::sum(all))
    };
    context.guard(joined).await
}

async fn one_task<F, R>(
    database: Database,
    task: usize,
    operation: Arc<F>,
    until: Instant,
) -> Result<Latencies>
where
    F: Fn(Database, usize, u64) -> R + Send + Sync + 'static,
    R: Future<Output = tidegate::Result<()>> + Send + 'static,
{
    let mut latencies = Latencies::new();
    let mut number = (task as u64) << 32;
    loop {
        let begun = Instant::now();
        operation(database.clone(), task, number).await?;
        latencies.note(begun);
        number += 1;
        // On a busy machine the time may be over before the first one, which counts all the same.
        if Instant::now() >= until {
            return Ok(latencies);
        }
    }
}

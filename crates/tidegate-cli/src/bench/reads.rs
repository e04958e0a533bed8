//! Workloads that read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tidegate::Database;

use super::Plan;
use super::data::{Item, LONG_WRITE, POINT_READ, Random, SCAN};
use super::figures::{Beside, Figures, Work};
use super::tasks::repeat;
use crate::context::Context;
use crate::failure::Result;
use crate::measure::Latencies;

/// How long the write beside the reads is to take.
const WRITE_TIME: Duration = Duration::from_millis(500);
/// The write that tells how many rows fill that time on this machine.
const TRIAL_ROWS: i64 = 20_000;

/// One row by its key.
pub(super) async fn points(
    context: &Context,
    database: &Database,
    plan: Plan,
    tasks: usize,
) -> Result<Figures> {
    let work = Work::new("point read", tasks);
    repeat(
        context,
        database,
        plan,
        work,
        move |database, _, number| async move {
            let key = Random::seeded(number as usize).key(plan.rows);
            database
                .query_one::<Item>(POINT_READ, (key,))
                .await
                .map(drop)
        },
    )
    .await
}

/// The whole table into structs.
pub(super) async fn scan(context: &Context, database: &Database, plan: Plan) -> Result<Figures> {
    let work = Work::new("scan into structs", 1).rows_each(plan.rows.unsigned_abs());
    repeat(context, database, plan, work, |database, _, _| async move {
        database.query::<Item>(SCAN, ()).await.map(drop)
    })
    .await
}

/// Point reads alone, then while writes of half a second run.
pub(super) async fn beside_a_write(
    context: &Context,
    database: &Database,
    plan: Plan,
) -> Result<Beside> {
    let rows = rows_of_a_write(context, database).await?;
    let idle = read_until(context, database, plan, Instant::now() + plan.time, None).await?;
    let writing = Arc::new(AtomicBool::new(false));
    let until = Instant::now() + plan.time.max(2 * WRITE_TIME);
    let writer = tokio::spawn(write_until(
        database.clone(),
        rows,
        until,
        Arc::clone(&writing),
    ));
    let beside = read_until(context, database, plan, until, Some(&writing)).await;
    let longest_write = writer.await.unwrap_or(Ok(Duration::ZERO))?;
    Ok(Beside {
        idle,
        beside: beside?,
        longest_write,
    })
}

async fn rows_of_a_write(context: &Context, database: &Database) -> Result<i64> {
    context
        .call(database.execute(LONG_WRITE, (TRIAL_ROWS,)))
        .await?;
    let begun = Instant::now();
    context
        .call(database.execute(LONG_WRITE, (TRIAL_ROWS,)))
        .await?;
    let share = WRITE_TIME.as_secs_f64() / begun.elapsed().as_secs_f64();
    Ok((TRIAL_ROWS as f64 * share) as i64)
}

async fn write_until(
    database: Database,
    rows: i64,
    until: Instant,
    writing: Arc<AtomicBool>,
) -> Result<Duration> {
    let mut longest = Duration::ZERO;
    while Instant::now() < until {
        let begun = Instant::now();
        writing.store(true, Relaxed);
        database.execute(LONG_WRITE, (rows,)).await?;
        writing.store(false, Relaxed);
        longest = longest.max(begun.elapsed());
    }
    Ok(longest)
}

/// With a flag, only the reads that begin while it is up are noted.
async fn read_until(
    context: &Context,
    database: &Database,
    plan: Plan,
    until: Instant,
    only_while: Option<&AtomicBool>,
) -> Result<Latencies> {
    let mut latencies = Latencies::new();
    let mut random = Random::seeded(0);
    while Instant::now() < until {
        let counts = only_while.is_none_or(|flag| flag.load(Relaxed));
        let begun = Instant::now();
        let read = database.query_one::<Item>(POINT_READ, (random.key(plan.rows),));
        context.call(read).await?;
        if counts {
            latencies.note(begun);
        }
    }
    Ok(latencies)
}

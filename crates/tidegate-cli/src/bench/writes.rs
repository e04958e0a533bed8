//! Workloads that write.

use tidegate::{Database, Synchronous};

use super::Plan;
use super::data::{INSERT, Item, POINT_READ, Random, entry};
use super::figures::{Figures, Work};
use super::tasks::repeat;
use crate::context::Context;
use crate::failure::Result;

const BATCH_ROWS: u64 = 1_000;
/// One operation in so many is a write.
const MIXED_WRITE_EVERY: u64 = 10;
const MIXED_TASKS: usize = 64;

/// One row, committed by itself.
pub(super) async fn inserts(
    context: &Context,
    database: &Database,
    plan: Plan,
    tasks: usize,
    synchronous: Synchronous,
) -> Result<Figures> {
    let name = match synchronous {
        Synchronous::Full => "insert, FULL",
        _ => "insert, NORMAL",
    };
    repeat(context, database, plan, Work::new(name, tasks), |database, _, number| async move {
        database.execute(INSERT, entry(number)).await.map(drop)
    })
    .await
}

/// A thousand rows in one transaction.
pub(super) async fn batches(context: &Context, database: &Database, plan: Plan) -> Result<Figures> {
    let work = Work::new("batch of 1,000, FULL", 1).rows_each(BATCH_ROWS);
    repeat(
        context,
        database,
        plan,
        work,
        |database, _, number| async move {
            let rows = (0..BATCH_ROWS).map(move |row| entry(number * BATCH_ROWS + row));
            database.execute_many(INSERT, rows).await.map(drop)
        },
    )
    .await
}

/// Nine point reads for each durable insert.
pub(super) async fn mixed(context: &Context, database: &Database, plan: Plan) -> Result<Figures> {
    let work = Work::new("90 % reads, FULL", MIXED_TASKS);
    repeat(
        context,
        database,
        plan,
        work,
        move |database, task, number| async move {
            // Tasks take turns, so that writes do not come all at once.
            if (number + task as u64).is_multiple_of(MIXED_WRITE_EVERY) {
                return database.execute(INSERT, entry(number)).await.map(drop);
            }
            let key = Random::seeded(number as usize).key(plan.rows);
            database
                .query_one::<Item>(POINT_READ, (key,))
                .await
                .map(drop)
        },
    )
    .await
}

//! The load of the demonstration: durable writers and readers side by side, with a ticker among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tidegate::{Database, StallReport};
use tokio::task::JoinHandle;

use super::tides::{HARBOURS, HOURS, time};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::measure::{Latencies, Ticker};

pub(crate) const WRITERS: usize = 64;
pub(crate) const READERS: usize = 16;

const WRITE: &str = "INSERT INTO sighting (harbour, hour, height_m) VALUES (?1, ?2, ?3)";
const READ: &str = "SELECT height_m FROM tide WHERE harbour = ?1 AND time = ?2";

/// What the load came to.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) took: Duration,
    pub(crate) writes: Latencies,
    pub(crate) reads: Latencies,
    /// Transactions that made the writes durable.
    pub(crate) commits: u64,
    pub(crate) ticker: StallReport,
}

/// Runs all tasks on the current runtime for this long.
pub(crate) async fn run(context: &Context, database: &Database, time: Duration) -> Result<Load> {
    let commits_before = database.stats().writer.group_commits;
    let ticker = Ticker::start();
    let begun = Instant::now();
    let until = begun + context.remaining().map_or(time, |left| left.min(time));
    let next_hour = Arc::new(AtomicI64::new(i64::from(HOURS)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| tokio::spawn(write(database.clone(), Arc::clone(&next_hour), until)))
        .collect();
    let readers: Vec<_> = (0..READERS)
        .map(|seed| tokio::spawn(read(database.clone(), seed, until)))
        .collect();
    let (writes, reads) = context
        .guard(async { Ok((joined(writers).await?, joined(readers).await?)) })
        .await?;
    let took = begun.elapsed();
    Ok(Load {
        took,
        writes,
        reads,
        commits: database.stats().writer.group_commits - commits_before,
        ticker: ticker.stop(),
    })
}

/// One row at a time, each awaited until it is on the disk.
async fn write(database: Database, hour: Arc<AtomicI64>, until: Instant) -> Result<Latencies> {
    let mut latencies = Latencies::new();
    while Instant::now() < until {
        let hour = hour.fetch_add(1, Relaxed);
        let harbour = &HARBOURS[hour as usize % HARBOURS.len()];
        let height = harbour.height(hour as f64);
        let begun = Instant::now();
        database
            .execute(WRITE, (harbour.name, hour, height))
            .await?;
        latencies.note(begun);
    }
    Ok(latencies)
}

async fn read(database: Database, seed: usize, until: Instant) -> Result<Latencies> {
    let mut latencies = Latencies::new();
    let mut number = seed * 7_919;
    while Instant::now() < until {
        number += 1;
        let harbour = &HARBOURS[number % HARBOURS.len()];
        let at = time((number * 31 % HOURS as usize) as u32);
        let begun = Instant::now();
        let _height: f64 = database.query_scalar(READ, (harbour.name, at)).await?;
        latencies.note(begun);
    }
    Ok(latencies)
}

async fn joined(tasks: Vec<JoinHandle<Result<Latencies>>>) -> Result<Latencies> {
    let mut all = Vec::with_capacity(tasks.len());
    for task in tasks {
        let done = task.await;
        all.push(done.map_err(|error| Failure::refused(format!("a task ended early: {error}")))??);
    }
    Ok(Latencies::sum(all))
}

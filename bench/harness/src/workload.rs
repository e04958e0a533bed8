//! The workloads: what is done, by how many, and what is noted.

mod beside_writes;
mod busy_tasks;
mod deadlines;

use crate::measure::{Recorder, Ticker, Window, peak_resident_kib};
use crate::{Job, Peer, Report, Result, Settings, Spread, Work};

/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 128;

/// Runs one job on the current runtime, from opening the database to closing it.
pub(crate) async fn run<P: Peer>(job: Job) -> Result<Report> {
    let peer = P::open(Settings {
        path: job.database.clone(),
        durability: job.durability,
        readers: job.readers,
        statements: STATEMENTS,
    })
    .await?;
    let sqlite_version = checked_setup(&peer, &job).await?;
    let (peer, figures) = match job.work {
        Work::ReadUnderWrite => beside_writes::run(peer, &job).await?,
        Work::Deadline => deadlines::run(peer, &job).await?,
        _ => busy_tasks::run(peer, &job).await?,
    };
    peer.close().await?;
    Ok(Report {
        sqlite_version,
        operations: figures.operations,
        seconds: figures.seconds,
        latency: figures.latency,
        idle_latency: figures.idle_latency,
        next_latency: figures.next_latency,
        ticker_lag: figures.ticker_lag,
        writes_per_commit: figures.writes_per_commit,
        peak_memory_kib: peak_resident_kib()?,
    })
}

/// What a workload measured.
struct Figures {
    operations: u64,
    seconds: f64,
    latency: Spread,
    idle_latency: Option<Spread>,
    next_latency: Option<Spread>,
    ticker_lag: Spread,
    writes_per_commit: Option<f64>,
}

/// SQLite's version, once it is sure that the peer is as durable as it was asked to be.
async fn checked_setup<P: Peer>(peer: &P, job: &Job) -> Result<String> {
    let facts = peer.setup_facts().await?;
    let expected = format!("wal {}", job.durability.level());
    match facts.split_once(' ') {
        Some((version, setup)) if setup == expected => Ok(version.to_owned()),
        _ => Err(format!(
            "expected «VERSION {expected}» on the writing connection, found «{facts}»"
        )
        .into()),
    }
}

//! Queries that are given up long before they would end: how late that is told, and how long the next read takes.

use std::time::{Duration, Instant};

use super::{Figures, Recorder, Ticker, Window};
use crate::data::Random;
use crate::{Job, Peer, Result};

/// How long each query is given.
const LIMIT: Duration = Duration::from_millis(50);

/// How long it would take. Where nobody stops it, it ends by itself after that.
const QUERY_TIME: Duration = Duration::from_secs(1);

/// The count that tells how far one comes in that time on this machine.
const TRIAL: i64 = 500_000;

/// A query is given up twenty times a second at most, so these are measured for so many times as long as other calls.
const LONGER: u64 = 4;

/// One caller, one query after the other, a point read after each.
pub(super) async fn run<P: Peer>(peer: P, job: &Job) -> Result<(P, Figures)> {
    let number = number_out_of_reach(&peer).await?;
    let window = Window::of(&Job {
        measure_ms: job.measure_ms * LONGER,
        ..job.clone()
    });
    tokio::time::sleep_until(window.start().into()).await;
    let ticker = Ticker::start(window).await;
    let (lateness, next_reads) = (Recorder::new(), Recorder::new());
    let mut random = Random::seeded(0);
    while !window.is_over() {
        lateness.note_always(0, lateness_of_giving_up(&peer, number).await?);
        next_reads.note_always(0, time_of_a_read(&peer, random.key()).await?);
    }
    let (operations, latency) = lateness.sum_up();
    let figures = Figures {
        operations,
        seconds: window.seconds(),
        latency,
        idle_latency: None,
        next_latency: Some(next_reads.sum_up().1),
        ticker_lag: ticker.stop().await?,
        writes_per_commit: None,
    };
    Ok((peer, figures))
}

async fn number_out_of_reach<P: Peer>(peer: &P) -> Result<i64> {
    peer.count_to(TRIAL).await?;
    let begun = Instant::now();
    peer.count_to(TRIAL).await?;
    let times = QUERY_TIME.as_secs_f64() / begun.elapsed().as_secs_f64();
    Ok((TRIAL as f64 * times) as i64)
}

async fn lateness_of_giving_up<P: Peer>(peer: &P, number: i64) -> Result<Duration> {
    let begun = Instant::now();
    let counted = peer.count_within(number, LIMIT).await?;
    let took = begun.elapsed();
    match counted {
        None if took >= LIMIT => Ok(took - LIMIT),
        None => Err(format!("given up after {took:?} instead of {LIMIT:?}").into()),
        Some(counted) => Err(format!("counted to {counted} in {took:?}").into()),
    }
}

async fn time_of_a_read<P: Peer>(peer: &P, key: i64) -> Result<Duration> {
    let begun = Instant::now();
    let item = peer.point_read(key).await?;
    if item.id == key {
        Ok(begun.elapsed())
    } else {
        Err(format!("asked for row {key}, got {item:?}").into())
    }
}

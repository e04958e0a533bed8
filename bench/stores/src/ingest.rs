//! Samples stored durably, in batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bench_harness::Result;
use bench_page::Durations;
use tidegate::Database;
use tidegate_stores::metrics::{Sample, Series, record_many, retain_step, rollup_step};
use tidegate_stores::{Labels, Timestamp};

use crate::cases::Figures;
use crate::options::Options;

/// How many series each task has. Each gets a sample every [`INTERVAL_MICROS`] of the samples' own time.
const SERIES_OF_A_TASK: usize = 10_000;
/// How far apart the samples of a series are.
const INTERVAL_MICROS: i64 = 10_000_000;
/// The rows of one step of upkeep.
const BUDGET: usize = 5_000;
/// How long upkeep rests when there is nothing to do.
const REST: Duration = Duration::from_millis(20);
/// 2026-03-01T12:00:00Z in microseconds.
const START_MICROS: i64 = 1_772_366_400_000_000;

/// How samples come.
#[derive(Debug)]
pub(crate) struct Ingest {
    /// Samples of one call.
    pub(crate) batch: usize,
    /// Tasks that make one call after the other.
    pub(crate) tasks: usize,
    /// Whether another task rolls up and removes meanwhile.
    pub(crate) with_upkeep: bool,
}

/// The part of a run that counts, and the time of the latest sample.
#[derive(Debug)]
struct Run {
    start: Instant,
    end: Instant,
    latest: AtomicI64,
}

pub(crate) async fn measure(ingest: &Ingest, db: &Database, options: &Options) -> Result<Figures> {
    let mut series = Vec::new();
    for task in 0..ingest.tasks {
        series.push(series_of(task)?);
    }
    for series in &series {
        // So that making the series is not measured.
        record(db, series, Timestamp::from_micros(START_MICROS)?).await?;
    }
    let start = Instant::now() + Duration::from_millis(options.measure_ms / 4);
    let run = Arc::new(Run {
        start,
        end: start + Duration::from_millis(options.measure_ms),
        latest: AtomicI64::new(START_MICROS),
    });
    let upkeep = ingest
        .with_upkeep
        .then(|| tokio::spawn(keep_up(db.clone(), Arc::clone(&run))));
    let writers: Vec<_> = series
        .into_iter()
        .map(|series| tokio::spawn(write(db.clone(), Arc::clone(&run), series, ingest.batch)))
        .collect();
    let (mut stored, mut durations) = (0, Durations::default());
    for writer in writers {
        let (of_one, took) = writer.await??;
        stored += of_one;
        durations.add(&took);
    }
    if let Some(upkeep) = upkeep {
        upkeep.await??;
    }
    Ok(Figures {
        per_second: stored as f64 / (run.end - run.start).as_secs_f64(),
        latency: durations.spread(),
    })
}

fn series_of(task: usize) -> Result<Vec<Series>> {
    let series = (0..SERIES_OF_A_TASK).map(|n| {
        let labels = [
            ("host", format!("host-{}", n / 100)),
            ("part", format!("{}", n % 100)),
            ("task", task.to_string()),
        ];
        Ok(Series::new("load", Labels::new(labels)?)?)
    });
    series.collect()
}

/// Makes one call after the other, and counts those answered inside the window.
async fn write(
    db: Database,
    run: Arc<Run>,
    series: Vec<Series>,
    batch: usize,
) -> Result<(u64, Durations)> {
    let (mut stored, mut durations) = (0, Durations::default());
    let mut at = START_MICROS + INTERVAL_MICROS;
    for batches in std::iter::repeat(series.chunks(batch)) {
        for chunk in batches {
            if Instant::now() >= run.end {
                return Ok((stored, durations));
            }
            let now = Timestamp::from_micros(at)?;
            let begun = Instant::now();
            let count = record(&db, chunk, now).await?;
            if (run.start..run.end).contains(&Instant::now()) {
                stored += count;
                durations.note(begun.elapsed());
            }
        }
        at += INTERVAL_MICROS;
        run.latest.fetch_max(at, Ordering::Relaxed);
    }
    Ok((stored, durations))
}

/// Stores one sample of each series; gives how many.
async fn record(db: &Database, series: &[Series], now: Timestamp) -> Result<u64> {
    let samples = series.iter().enumerate();
    let samples: Vec<Sample> = samples
        .map(|(n, series)| Sample::new(series.clone(), n as f64, now))
        .collect();
    let count = samples.len() as u64;
    let recorded = db
        .write(move |tx| Ok(record_many(tx, now, &samples)?))
        .await?;
    match recorded.stored == count {
        true => Ok(count),
        false => Err(format!("{recorded:?} of {count}").into()),
    }
}

/// Rolls up and removes as long as the window is open.
async fn keep_up(db: Database, run: Arc<Run>) -> Result<()> {
    while Instant::now() < run.end {
        let now = Timestamp::from_micros(run.latest.load(Ordering::Relaxed))?;
        let rolled = db
            .write(move |tx| Ok(rollup_step(tx, now, BUDGET)?))
            .await?;
        let removed = db
            .write(move |tx| Ok(retain_step(tx, now, BUDGET)?))
            .await?;
        if !rolled.more && !removed.more {
            tokio::time::sleep(REST).await;
        }
    }
    Ok(())
}

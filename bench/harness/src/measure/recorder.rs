//! Latencies of many tasks, gathered without making them wait for each other.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::histogram;
use crate::{Job, Spread};

/// Histograms of 200 KB each; one per task would show up in the peak memory, one for all in the latencies.
const SHARDS: usize = 8;

/// The part of a run that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    start: Instant,
    end: Instant,
}

impl Window {
    /// Opens after the job's warm-up, counted from now.
    pub(crate) fn of(job: &Job) -> Self {
        let start = Instant::now() + Duration::from_millis(job.warmup_ms);
        Self {
            start,
            end: start + Duration::from_millis(job.measure_ms),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }

    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    pub(crate) fn seconds(&self) -> f64 {
        (self.end - self.start).as_secs_f64()
    }

    fn holds(&self, instant: Instant) -> bool {
        (self.start..self.end).contains(&instant)
    }
}

/// Counts calls and how long they took.
#[derive(Debug)]
pub(crate) struct Recorder {
    shards: Vec<Mutex<Histogram<u64>>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(histogram())).collect(),
        }
    }

    /// Notes a call of a task that has just been answered, if it was answered inside the window.
    pub(crate) fn note(&self, task: usize, window: Window, begun: Instant) {
        let now = Instant::now();
        if window.holds(now) {
            self.note_always(task, now - begun);
        }
    }

    /// Notes a duration whenever it happened.
    pub(crate) fn note_always(&self, task: usize, took: Duration) {
        let shard = &self.shards[task % SHARDS];
        shard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .saturating_record(took.as_nanos() as u64);
    }

    /// How many calls were noted, and their quantiles.
    pub(crate) fn sum_up(&self) -> (u64, Spread) {
        let mut all = histogram();
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            all.add(&*shard)
                .expect("invariant: all histograms have the same bounds");
        }
        (all.len(), Spread::from(&all))
    }
}

#[cfg(test)]
mod tests;

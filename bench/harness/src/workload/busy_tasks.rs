//! The closed loop: so many tasks, each making its next call as soon as the last one is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::{Figures, Recorder, Ticker, Window};
use crate::data::{Entry, ROWS, Random};
use crate::{Job, Peer, Result, Work};

/// Rows of one batch.
const BATCH: u64 = 1_000;

/// One in so many calls of the mixed workload writes.
const MIXED_WRITES_ONE_IN: u64 = 10;

/// Runs the job's tasks until its time is over.
pub(super) async fn run<P: Peer>(peer: P, job: &Job) -> Result<(P, Figures)> {
    let window = Window::of(job);
    let crew = Arc::new(Crew {
        peer,
        work: job.work,
        window,
        calls: Recorder::new(),
        writes: AtomicU64::new(0),
    });
    let commits_before = crew.peer.commits();
    let ticker = Ticker::start(window).await;
    let tasks: Vec<_> = (0..job.tasks.min(P::MOST_TASKS))
        .map(|task| tokio::spawn(Arc::clone(&crew).work(task)))
        .collect();
    for task in tasks {
        task.await??;
    }
    let ticker_lag = ticker.stop().await?;
    let crew = Arc::into_inner(crew).expect("invariant: every task that held the crew has ended");
    let (operations, latency) = crew.calls.sum_up();
    let writes_per_commit = crew.writes_per_commit(commits_before);
    let figures = Figures {
        operations,
        seconds: window.seconds(),
        latency,
        idle_latency: None,
        next_latency: None,
        ticker_lag,
        writes_per_commit,
    };
    Ok((crew.peer, figures))
}

/// What the tasks of a job share.
struct Crew<P> {
    peer: P,
    work: Work,
    window: Window,
    calls: Recorder,
    /// Acknowledged write calls, warm-up included.
    writes: AtomicU64,
}

impl<P: Peer> Crew<P> {
    async fn work(self: Arc<Self>, task: usize) -> Result<()> {
        let mut random = Random::seeded(task);
        while !self.window.is_over() {
            match self.work {
                Work::Insert => self.insert(task, &mut random).await?,
                Work::PointRead | Work::ReadUnderWrite | Work::Deadline => {
                    self.point_read(task, &mut random).await?
                }
                Work::Scan => self.scan(task).await?,
                Work::Batch => self.batch(task, &mut random).await?,
                Work::Mixed => self.mixed(task, &mut random).await?,
                Work::EmptyJob => self.timed(task, self.peer.empty_job()).await?,
            }
        }
        Ok(())
    }

    async fn insert(&self, task: usize, random: &mut Random) -> Result<()> {
        let entry = Entry::numbered(random.next());
        self.timed(task, self.peer.insert_one(entry)).await?;
        self.writes.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn point_read(&self, task: usize, random: &mut Random) -> Result<()> {
        let key = random.key();
        let item = self.timed(task, self.peer.point_read(key)).await?;
        if item.id == key {
            Ok(())
        } else {
            Err(format!("asked for row {key}, got {item:?}").into())
        }
    }

    async fn scan(&self, task: usize) -> Result<()> {
        let items = self.timed(task, self.peer.scan_all()).await?;
        if items.len() as i64 == ROWS {
            Ok(())
        } else {
            Err(format!("scanned {} rows", items.len()).into())
        }
    }

    async fn batch(&self, task: usize, random: &mut Random) -> Result<()> {
        let entries = (0..BATCH).map(|_| Entry::numbered(random.next())).collect();
        self.timed(task, self.peer.insert_batch(entries)).await?;
        self.writes.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn mixed(&self, task: usize, random: &mut Random) -> Result<()> {
        if random.next().is_multiple_of(MIXED_WRITES_ONE_IN) {
            self.insert(task, random).await
        } else {
            self.point_read(task, random).await
        }
    }

    async fn timed<T>(&self, task: usize, call: impl Future<Output = Result<T>>) -> Result<T> {
        let begun = Instant::now();
        let answer = call.await?;
        self.calls.note(task, self.window, begun);
        Ok(answer)
    }

    /// Peers without a count of their own commit each write by itself.
    fn writes_per_commit(&self, commits_before: Option<u64>) -> Option<f64> {
        let writes = self.writes.load(Ordering::Relaxed);
        if writes == 0 {
            return None;
        }
        let commits = self
            .peer
            .commits()
            .zip(commits_before)
            .map_or(writes, |(now, before)| now - before);
        Some(writes as f64 / commits as f64)
    }
}

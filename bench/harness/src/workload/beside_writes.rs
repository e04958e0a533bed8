//! Reads while a long write runs, against the same reads with nothing beside them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::{Figures, Recorder, Ticker, Window};
use crate::data::Random;
use crate::{Job, Peer, Result, Spread};

/// How long one write is to take.
const WRITE_TIME: Duration = Duration::from_millis(500);

/// The write that tells how many rows fill that time on this machine.
const TRIAL_ROWS: i64 = 20_000;

/// Reads alone for the job's time, then beside writes for the job's time.
pub(super) async fn run<P: Peer>(peer: P, job: &Job) -> Result<(P, Figures)> {
    let scene = Arc::new(Scene {
        peer,
        writing: AtomicBool::new(false),
    });
    let rows = rows_of_a_write(&scene.peer).await?;
    let idle = scene.measure(job, |_| None).await?;
    let beside = scene
        .measure(job, |window| {
            Some(tokio::spawn(Arc::clone(&scene).write(window, rows)))
        })
        .await?;
    let scene =
        Arc::into_inner(scene).expect("invariant: every task that held the scene has ended");
    let figures = Figures {
        operations: beside.operations,
        seconds: beside.seconds,
        latency: beside.latency,
        idle_latency: Some(idle.latency),
        next_latency: None,
        ticker_lag: beside.ticker_lag,
        writes_per_commit: None,
    };
    Ok((scene.peer, figures))
}

async fn rows_of_a_write<P: Peer>(peer: &P) -> Result<i64> {
    peer.long_write(TRIAL_ROWS).await?;
    let begun = Instant::now();
    peer.long_write(TRIAL_ROWS).await?;
    let share = WRITE_TIME.as_secs_f64() / begun.elapsed().as_secs_f64();
    Ok((TRIAL_ROWS as f64 * share) as i64)
}

struct Scene<P> {
    peer: P,
    /// Whether a write is under way.
    writing: AtomicBool,
}

/// Reads of one half of the workload.
struct Reads {
    operations: u64,
    seconds: f64,
    latency: Spread,
    ticker_lag: Spread,
}

impl<P: Peer> Scene<P> {
    /// One reader's latencies, counted only while the writer that is started beside it writes.
    async fn measure(
        self: &Arc<Self>,
        job: &Job,
        start_writer: impl FnOnce(Window) -> Option<JoinHandle<Result<()>>>,
    ) -> Result<Reads> {
        let window = Window::of(job);
        let ticker = Ticker::start(window).await;
        let writer = start_writer(window);
        let reader = tokio::spawn(Arc::clone(self).read(window, writer.is_some()));
        let recorder = reader.await??;
        if let Some(writer) = writer {
            writer.await??;
        }
        let (operations, latency) = recorder.sum_up();
        Ok(Reads {
            operations,
            seconds: window.seconds(),
            latency,
            ticker_lag: ticker.stop().await?,
        })
    }

    /// A read counts when a write was under way as it began: those are the ones that could wait for it.
    async fn read(self: Arc<Self>, window: Window, only_while_writing: bool) -> Result<Recorder> {
        let recorder = Recorder::new();
        let mut random = Random::seeded(0);
        while !window.is_over() {
            let counts = !only_while_writing || self.writing.load(Ordering::Relaxed);
            let begun = Instant::now();
            self.peer.point_read(random.key()).await?;
            if counts && begun >= window.start() {
                recorder.note_always(0, begun.elapsed());
            }
        }
        Ok(recorder)
    }

    async fn write(self: Arc<Self>, window: Window, rows: i64) -> Result<()> {
        while !window.is_over() {
            self.writing.store(true, Ordering::Relaxed);
            self.peer.long_write(rows).await?;
            self.writing.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

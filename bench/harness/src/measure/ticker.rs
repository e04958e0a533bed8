//! A one-millisecond ticker beside the work: how late the runtime polls it is how long the runtime was held up.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::{Window, histogram};
use crate::{Result, Spread};

const PERIOD: Duration = Duration::from_millis(1);

/// Ticks on the idle runtime that show where tokio's whole milliseconds begin.
const IDLE_TICKS: u32 = 10;

/// A running ticker.
#[derive(Debug)]
pub(crate) struct Ticker {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Spread>,
}

impl Ticker {
    /// Starts ticking on the current runtime when the window opens. The runtime must be idle until this has returned.
    pub(crate) async fn start(window: Window) -> Self {
        let first = on_the_grid(Instant::from_std(window.start())).await;
        let (stop, stopped) = oneshot::channel();
        Self {
            stop,
            task: tokio::spawn(tick(first, stopped)),
        }
    }

    /// Stops it and tells how late its ticks were.
    pub(crate) async fn stop(self) -> Result<Spread> {
        // A receiver that is gone has stopped already.
        let _ = self.stop.send(());
        Ok(self.task.await?)
    }
}

/// The first moment from `start` on at which tokio's timer can fire. It counts whole milliseconds from a moment of its
/// own, so that ticks between them would all look late by a part of a millisecond, which differs from run to run.
async fn on_the_grid(start: Instant) -> Instant {
    let mut due = Instant::now() + PERIOD;
    let mut earliest = PERIOD;
    for _ in 0..IDLE_TICKS {
        sleep_until(due).await;
        earliest = earliest.min(due.elapsed());
        due += PERIOD;
    }
    let mut first = due + earliest;
    while first < start {
        first += PERIOD;
    }
    first
}

/// A tick that was missed is not dropped: after a stall of 50 ms all fifty are noted, each as late as a request
/// that came at its time would have been served.
async fn tick(first: Instant, mut stopped: oneshot::Receiver<()>) -> Spread {
    let mut lags = histogram();
    let mut due = first;
    while stopped.try_recv() == Err(oneshot::error::TryRecvError::Empty) {
        // Asked for in the middle of the millisecond before: the timer rounds up.
        sleep_until(due - PERIOD / 2).await;
        lags.saturating_record(due.elapsed().as_nanos() as u64);
        due += PERIOD;
    }
    Spread::from(&lags)
}

#[cfg(test)]
mod tests;

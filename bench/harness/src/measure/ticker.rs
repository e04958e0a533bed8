//! A one-millisecond ticker beside the work: how late the runtime polls it is how long the runtime was held up.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::{Window, histogram};
use crate::{Result, Spread};

const PERIOD: Duration = Duration::from_millis(1);

/// A running ticker.
#[derive(Debug)]
pub(crate) struct Ticker {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Spread>,
}

impl Ticker {
    /// Starts ticking on the current runtime when the window opens.
    pub(crate) fn start(window: Window) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self {
            stop,
            task: tokio::spawn(tick(Instant::from_std(window.start()), stopped)),
        }
    }

    /// Stops it and tells how late its ticks were.
    pub(crate) async fn stop(self) -> Result<Spread> {
        // A receiver that is gone has stopped already.
        let _ = self.stop.send(());
        Ok(self.task.await?)
    }
}

/// A tick that was missed is not dropped: after a stall of 50 ms all fifty are noted, each as late as a request
/// that came at its time would have been served.
async fn tick(first: Instant, mut stopped: oneshot::Receiver<()>) -> Spread {
    let mut lags = histogram();
    let mut due = first;
    while stopped.try_recv() == Err(oneshot::error::TryRecvError::Empty) {
        sleep_until(due).await;
        lags.saturating_record(due.elapsed().as_nanos() as u64);
        due += PERIOD;
    }
    Spread::from(&lags)
}

#[cfg(test)]
mod tests;

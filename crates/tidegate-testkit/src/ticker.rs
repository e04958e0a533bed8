//! A ticker that tells an executor that is held up from a machine that has no processor for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use crate::processor::processor_wait;

#[cfg(test)]
mod tests;

/// A ticker that is woken this long after each of its ticks, and what it sees.
///
/// Run the first on the executor in question, one of a single thread; ask the second afterwards.
///
/// # Panics
/// If the operating system cannot start another thread.
pub fn ticker(period: Duration) -> (Ticker, Ticks) {
    let shared = Arc::<Mutex<Shared>>::default();
    let (request, requests) = channel();
    let bell = Arc::clone(&shared);
    thread::Builder::new()
        .name("ticker.bell".into())
        .spawn(move || ring(period, &requests, &bell))
        .expect("the operating system refused to start a thread");
    let ticker = Ticker {
        request,
        shared: Arc::clone(&shared),
        waited: None,
    };
    (ticker, Ticks { shared })
}

/// A future that ticks until it is dropped.
#[derive(Debug)]
#[must_use = "spawn it on the executor under watch"]
pub struct Ticker {
    /// Asks the bell to ring; dropping it ends the bell's thread.
    request: Sender<()>,
    shared: Arc<Mutex<Shared>>,
    /// What the executor's thread had waited for a processor by the last tick; `None` before the first.
    waited: Option<Duration>,
}

/// What a [`Ticker`] has seen.
#[derive(Debug)]
pub struct Ticks {
    shared: Arc<Mutex<Shared>>,
}

/// One tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// From its waker being called to its being polled.
    pub lag: Duration,
    /// How long the executor's thread had no processor since the tick before, though it wanted one.
    pub processor_wait: Duration,
}

impl Tick {
    /// The part of the lag that the machine does not explain: the executor's thread ran something else, or slept in it.
    ///
    /// It is at most the true one, as the wait for a processor may have been over before the waker was called.
    pub fn held_up(&self) -> Duration {
        self.lag.saturating_sub(self.processor_wait)
    }
}

impl Ticks {
    /// All ticks so far.
    pub fn seen(&self) -> Vec<Tick> {
        lock(&self.shared).seen.clone()
    }
}

impl Future for Ticker {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (now, waited) = (Instant::now(), processor_wait());
        let mut shared = lock(&self.shared);
        let old = shared.waker.replace(context.waker().clone());
        let rung = shared.rung.take();
        if let Some((rung, before)) = rung.zip(self.waited) {
            shared.seen.push(Tick {
                lag: now.saturating_duration_since(rung),
                processor_wait: waited.saturating_sub(before),
            });
        }
        drop(shared);
        // Outside the lock: the last waker of a task may take the task along, and this very future with it.
        drop(old);
        if rung.is_some() || self.waited.is_none() {
            self.waited = Some(waited);
            self.request
                .send(())
                .expect("invariant: the bell listens as long as somebody may ask");
        }
        Poll::Pending
    }
}

#[derive(Debug, Default)]
struct Shared {
    /// Whom to wake; of the last poll.
    waker: Option<Waker>,
    /// When the bell rang, until the ticker is polled.
    rung: Option<Instant>,
    seen: Vec<Tick>,
}

/// The bell's thread: rings once for each request.
fn ring(period: Duration, requests: &Receiver<()>, shared: &Mutex<Shared>) {
    for () in requests {
        thread::sleep(period);
        let mut shared = lock(shared);
        let waker = shared.waker.clone();
        shared.rung = Some(Instant::now());
        drop(shared);
        waker.into_iter().for_each(Waker::wake);
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Drives futures by hand: a fixed number of polls, every drop point in turn, or to the end.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How long a hand-driven future may stay pending without being woken before the helper panics.
///
/// A future that is never woken is a lost wake-up, the very fault these helpers look for; the
/// limit turns a hanging test into a failing one.
pub const WAKE_LIMIT: Duration = Duration::from_secs(60);

/// What became of a future that was polled a limited number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled<T> {
    /// It completed, at the given poll (counted from 1).
    Ready {
        /// What the future returned.
        output: T,
        /// Polls it took.
        polls: usize,
    },
    /// It was still pending after its last poll and has been dropped.
    Dropped {
        /// Polls it was given.
        polls: usize,
        /// Wake-ups received before the drop.
        wakes: usize,
    },
}

impl<T> Polled<T> {
    /// The output, where the future completed.
    pub fn ready(self) -> Option<T> {
        match self {
            Polled::Ready { output, .. } => Some(output),
            Polled::Dropped { .. } => None,
        }
    }
}

/// Polls a future at most `polls` times, each time after it was woken, then drops it.
///
/// The drop follows the last poll at once, so it races with whatever the future waits for.
/// With `polls` 0 the future is dropped without ever being polled.
///
/// # Panics
/// When the future stays pending without a wake-up for [`WAKE_LIMIT`].
pub fn poll_times<F: Future>(future: F, polls: usize) -> Polled<F::Output> {
    drive(future, polls, Pace::WhenWoken, DropWhen::AfterPoll)
}

/// Polls a future at most `polls` times without waiting for wake-ups in between, then drops it.
///
/// Every poll after the first is likely to be a spurious one, which a future has to endure.
pub fn poll_eagerly<F: Future>(future: F, polls: usize) -> Polled<F::Output> {
    drive(future, polls, Pace::AtOnce, DropWhen::AfterPoll)
}

/// The moment at which [`drop_at_every_poll`] let a future go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropPoint {
    /// Polls the future was given.
    pub polls: usize,
    /// Where in its life after the last poll the future was dropped.
    pub when: DropWhen,
}

/// Where in its life after the last poll a future is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropWhen {
    /// Right after the poll that left it pending: its work is under way elsewhere.
    AfterPoll,
    /// After it was woken, before the poll that would see why: its answer is on the table.
    AfterWake,
}

impl fmt::Display for DropPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = match self.when {
            DropWhen::AfterPoll => "right after the poll",
            DropWhen::AfterWake => "after the wake-up that followed",
        };
        write!(f, "dropped after {} polls, {when}", self.polls)
    }
}

/// The run of [`drop_at_every_poll`] that completed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed<T> {
    /// What the future returned in the last run.
    pub output: T,
    /// Polls the last run took.
    pub polls: usize,
    /// Futures dropped before it.
    pub drops: usize,
}

/// Makes a future again and again and drops it one step later each time, until one completes.
///
/// The drop points are: unpolled; then for n = 1, 2, …: right after the n-th poll, and after the
/// wake-up that followed it. `after_drop` runs after each drop, with the point, to check that
/// nothing was left behind.
///
/// # Panics
/// When a future stays pending without a wake-up for [`WAKE_LIMIT`].
pub fn drop_at_every_poll<F: Future>(
    mut factory: impl FnMut() -> F,
    mut after_drop: impl FnMut(DropPoint),
) -> Completed<F::Output> {
    drop(factory());
    after_drop(DropPoint {
        polls: 0,
        when: DropWhen::AfterPoll,
    });
    let mut drops = 1;
    for polls in 1.. {
        for when in [DropWhen::AfterPoll, DropWhen::AfterWake] {
            match drive(factory(), polls, Pace::WhenWoken, when) {
                Polled::Ready { output, polls } => {
                    return Completed {
                        output,
                        polls,
                        drops,
                    };
                }
                Polled::Dropped { .. } => after_drop(DropPoint { polls, when }),
            }
            drops += 1;
        }
    }
    unreachable!("the number of polls has no upper bound")
}

/// Runs a future to its end on the current thread, parking between wake-ups.
///
/// # Panics
/// When the future stays pending without a wake-up for [`WAKE_LIMIT`].
pub fn block_on<F: Future>(future: F) -> F::Output {
    drive(future, usize::MAX, Pace::WhenWoken, DropWhen::AfterPoll)
        .ready()
        .expect("invariant: a future with unlimited polls is never dropped while pending")
}

/// Polls once, with a waker that counts; for tests that step a pinned future themselves.
pub fn poll_once<F: Future>(future: Pin<&mut F>, wakes: &Arc<CountingWaker>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Waker::from(Arc::clone(wakes))))
}

/// Whether a driver waits for a wake-up between two polls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    WhenWoken,
    AtOnce,
}

fn drive<F: Future>(future: F, limit: usize, pace: Pace, when: DropWhen) -> Polled<F::Output> {
    let wakes = CountingWaker::new();
    let mut future = pin!(future);
    for polls in 1..=limit {
        let seen = wakes.count();
        if let Poll::Ready(output) = poll_once(future.as_mut(), &wakes) {
            return Polled::Ready { output, polls };
        }
        if pace == Pace::WhenWoken && (polls < limit || when == DropWhen::AfterWake) {
            assert!(
                wakes.wait_beyond(seen, WAKE_LIMIT),
                "lost wake-up: pending after {polls} polls and not woken for {WAKE_LIMIT:?}"
            );
        }
    }
    Polled::Dropped {
        polls: limit,
        wakes: wakes.count(),
    }
}

/// A waker that counts its wake-ups and lets a thread wait for the next one.
pub struct CountingWaker {
    count: AtomicUsize,
    lock: Mutex<()>,
    woken: Condvar,
}

impl CountingWaker {
    /// A waker nobody has called yet.
    pub fn new() -> Arc<Self> {
        Arc::new(CountingWaker {
            count: AtomicUsize::new(0),
            lock: Mutex::new(()),
            woken: Condvar::new(),
        })
    }

    /// Wake-ups so far.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Waits until there have been more than `seen` wake-ups; false when `limit` passed first.
    pub fn wait_beyond(&self, seen: usize, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.count() <= seen {
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                return false;
            };
            let waited = self.woken.wait_timeout(guard, left);
            guard = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Wake for CountingWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Counted under the lock, or a waiter between its check and its wait would miss it.
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.count.fetch_add(1, Ordering::SeqCst);
        self.woken.notify_all();
    }
}

impl fmt::Debug for CountingWaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountingWaker")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

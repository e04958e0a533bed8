//! Measures how late an executor polls: the honest proof that nothing blocks it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::histogram::{Histogram, Summary, Tally};

const TICK_MIN: Duration = Duration::from_micros(100);
const TICK_MAX: Duration = Duration::from_secs(3_600);
/// From this lag on a tick counts as a stall, unless said otherwise.
const THRESHOLD: Duration = Duration::from_millis(10);
const NANOS_PER_MICRO: f64 = 1_000.0;

/// Watches an executor by a ticker that runs on it.
///
/// A task that blocks its thread delays every other task there, and nobody complains. The ticker is one of those other
/// tasks: it asks to be woken at a certain moment and notes how much later it is polled. That lag is what every timer,
/// socket and channel of the executor suffers at that moment.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use std::time::Duration;
///
/// let (monitor, ticker) = tidegate::StallMonitor::new(Duration::from_millis(5));
/// tokio::spawn(ticker);
/// // … the service runs …
/// let report = monitor.report();
/// println!("p99 {} µs, {} stalls", report.lag_us.p99, report.stalls);
/// # });
/// ```
///
/// Any executor will do. On one of several threads, a ticker shows the threads' lag only as far as its own task is
/// concerned: idle threads take work from a blocked one, so a single blocked thread may go unseen as long as others
/// are free. To see every blocking call, watch a single-threaded executor under the same load.
///
/// The moments are kept by a thread of the monitor's own, not by the executor's timer, which would be as late as what
/// it measures. How late that thread itself was woken by the operating system is reported beside the lag, which
/// includes it.
///
/// Dropping the monitor ends its thread and lets the ticker's future finish.
#[derive(Debug)]
pub struct StallMonitor {
    shared: Arc<Shared>,
    /// Only for tests to wait for: joining it could block the very executor under watch.
    #[cfg_attr(not(test), expect(dead_code, reason = "nobody waits for the thread"))]
    thread: JoinHandle<()>,
}

/// The future that a [`StallMonitor`] watches: spawn it on the executor in question.
///
/// It finishes when the monitor is dropped. Dropping the future before ends the watch.
#[derive(Debug)]
#[must_use = "spawn it on the executor under watch"]
pub struct StallTicker {
    shared: Arc<Shared>,
}

/// What a [`StallMonitor`] has seen since it was made or reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StallReport {
    /// Ticks that were measured. Zero proves nothing: the ticker may not have been spawned.
    pub ticks: u64,
    /// How late the ticker was polled, in microseconds. Ticks missed during a stall are one lag together.
    pub lag_us: Summary,
    /// The part of the lag that is not the executor's: how late the monitor's own thread was woken, in microseconds.
    pub timer_us: Summary,
    /// Ticks whose lag was at or above the threshold.
    pub stalls: u64,
    /// The threshold, in microseconds.
    pub threshold_us: u64,
    /// How late the ticker is right now, in microseconds: above zero while an executor is stuck.
    pub overdue_us: u64,
    /// Whether the ticker has been polled and has not been dropped since.
    pub running: bool,
}

impl StallMonitor {
    /// A monitor that ticks at this interval (100 µs to an hour; values beyond are taken as these), and its ticker.
    /// A lag of 10 ms or more counts as a stall.
    ///
    /// # Panics
    /// If the operating system cannot start another thread.
    pub fn new(tick: Duration) -> (Self, StallTicker) {
        Self::with_threshold(tick, THRESHOLD)
    }

    /// Like [`new`](Self::new), with another idea of a stall.
    ///
    /// # Panics
    /// If the operating system cannot start another thread.
    pub fn with_threshold(tick: Duration, threshold: Duration) -> (Self, StallTicker) {
        let shared = Arc::new(Shared {
            tick: tick.clamp(TICK_MIN, TICK_MAX),
            threshold,
            state: Mutex::new(State::new()),
            changed: Condvar::new(),
        });
        let clock = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("tidegate.stall".to_owned())
            .spawn(move || clock.keep_time())
            .expect("the operating system refused to start a thread");
        let ticker = StallTicker {
            shared: Arc::clone(&shared),
        };
        (Self { shared, thread }, ticker)
    }

    /// What has been measured so far.
    #[must_use]
    pub fn report(&self) -> StallReport {
        let state = self.shared.lock();
        let overdue = state.due.map_or(Duration::ZERO, |due| due.elapsed());
        StallReport {
            ticks: state.ticks,
            lag_us: summary(&state.lag),
            timer_us: summary(&state.timer),
            stalls: state.stalls,
            threshold_us: micros(self.shared.threshold),
            overdue_us: micros(overdue),
            running: state.due.is_some(),
        }
    }

    /// Forgets what has been measured. A stall that is under way counts in full when it ends.
    pub fn reset(&self) {
        let mut state = self.shared.lock();
        state.lag.clear();
        state.timer.clear();
        (state.ticks, state.stalls) = (0, 0);
    }
}

impl Drop for StallMonitor {
    fn drop(&mut self) {
        let ticker = self.shared.end();
        ticker.into_iter().for_each(Waker::wake);
    }
}

impl Future for StallTicker {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let mut state = self.shared.lock();
        if state.ended {
            return Poll::Ready(());
        }
        state.arrive(Instant::now(), self.shared.tick, self.shared.threshold);
        let old = state.alarm.replace(waker);
        drop(state);
        self.shared.changed.notify_one();
        // Outside the lock: dropping the last waker of a task can drop the task, and this very future with it.
        drop(old);
        Poll::Pending
    }
}

impl Drop for StallTicker {
    fn drop(&mut self) {
        drop(self.shared.end());
    }
}

#[derive(Debug)]
struct Shared {
    tick: Duration,
    threshold: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// When the ticker should be polled next; `None` before its first poll.
    due: Option<Instant>,
    /// Whom to wake then; taken when it is done.
    alarm: Option<Waker>,
    /// One of the two ends has been dropped.
    ended: bool,
    ticks: u64,
    stalls: u64,
    lag: Histogram,
    timer: Histogram,
}

impl State {
    fn new() -> Self {
        Self {
            due: None,
            alarm: None,
            ended: false,
            ticks: 0,
            stalls: 0,
            lag: Histogram::new(),
            timer: Histogram::new(),
        }
    }

    /// The ticker is being polled: for its tick, or for some other reason before it is due.
    fn arrive(&mut self, now: Instant, tick: Duration, threshold: Duration) {
        match self.due.map(|due| now.checked_duration_since(due)) {
            Some(Some(lag)) => self.tick(lag, threshold),
            Some(None) => return,
            None => {}
        }
        self.due = Some(now + tick);
    }

    fn tick(&mut self, lag: Duration, threshold: Duration) {
        self.lag.record(nanos(lag));
        self.ticks += 1;
        self.stalls += u64::from(lag >= threshold);
    }

    /// How long until the alarm; `None` if none is set.
    fn remaining(&self, now: Instant) -> Option<Duration> {
        let due = self.due.filter(|_| self.alarm.is_some())?;
        Some(due.saturating_duration_since(now))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the watch; gives the waker back, which must be woken or dropped outside the lock.
    fn end(&self) -> Option<Waker> {
        let mut state = self.lock();
        state.ended = true;
        state.due = None;
        let alarm = state.alarm.take();
        drop(state);
        self.changed.notify_one();
        alarm
    }

    /// The monitor's thread: sleeps until the ticker is due, wakes it, and sleeps until it asks again.
    fn keep_time(&self) {
        let mut state = self.lock();
        while !state.ended {
            state = match state.remaining(Instant::now()) {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => self.ring(state),
                Some(remaining) => {
                    let woken = self.changed.wait_timeout(state, remaining);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn ring<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let late = state.due.map_or(Duration::ZERO, |due| due.elapsed());
        state.timer.record(nanos(late));
        let alarm = state.alarm.take();
        drop(state);
        // Outside the lock: waking is the executor's code, and may poll or drop the ticker at once.
        alarm.into_iter().for_each(Waker::wake);
        self.lock()
    }
}

fn summary(histogram: &Histogram) -> Summary {
    let mut tally = Tally::new();
    tally.add(histogram);
    tally.summary(NANOS_PER_MICRO)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;

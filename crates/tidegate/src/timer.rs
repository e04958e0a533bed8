//! The thread that answers calls whose deadline has passed, wherever their jobs are.

use std::time::{Duration, Instant};

use crate::job::{Abandon, Wakes};
use crate::lane::Lane;
use crate::sync::{Arc, AtomicU64, Condvar, Mutex, Ordering, Weak, lock};

/// Nanoseconds since the timer's start; `NEVER` when nothing is due.
const NEVER: u64 = u64::MAX;

#[derive(Default)]
struct State {
    lanes: Vec<Weak<Lane>>,
    stopped: bool,
}

/// Keeps the earliest deadline of all entered jobs. Arming costs one atomic load as long as an earlier
/// deadline is armed already, which with a common default is nearly always.
pub(crate) struct Timer {
    epoch: Instant,
    next: AtomicU64,
    state: Mutex<State>,
    changed: Condvar,
}

impl Timer {
    pub(crate) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            next: AtomicU64::new(NEVER),
            state: Mutex::new(State::default()),
            changed: Condvar::new(),
        }
    }

    /// Watches the jobs of one more lane for as long as the lane lives.
    pub(crate) fn watch(&self, lane: &Arc<Lane>) {
        let mut state = lock(&self.state);
        state.lanes.retain(|lane| lane.strong_count() > 0);
        state.lanes.push(Arc::downgrade(lane));
    }

    /// Makes sure that the timer looks at the lanes when `deadline` comes.
    pub(crate) fn arm(&self, deadline: Instant) {
        let due = self.nanos(deadline);
        if due < self.next.load(Ordering::Relaxed)
            && due < self.next.fetch_min(due, Ordering::SeqCst)
        {
            drop(lock(&self.state));
            self.changed.notify_one();
        }
    }

    pub(crate) fn stop(&self) {
        lock(&self.state).stopped = true;
        self.changed.notify_one();
    }

    /// The timer thread's whole life.
    pub(crate) fn run(&self) {
        let mut wakes = Wakes::default();
        while let Some(lanes) = self.wait() {
            for lane in lanes {
                self.sweep(&lane, &mut wakes);
            }
            wakes.wake_all();
        }
    }

    fn sweep(&self, lane: &Lane, wakes: &mut Wakes) {
        let now = Instant::now();
        let overdue = |job: &dyn crate::job::Job| job.control().is_overdue(now);
        if let Some(earliest) = lane.sweep(&Abandon::Deadline, overdue, wakes) {
            self.next.fetch_min(self.nanos(earliest), Ordering::SeqCst);
        }
    }

    /// Waits until something is due; `None` when stopped.
    fn wait(&self) -> Option<Vec<Arc<Lane>>> {
        let mut state = lock(&self.state);
        loop {
            if state.stopped {
                return None;
            }
            let next = self.next.load(Ordering::SeqCst);
            let left = match next {
                NEVER => Duration::from_secs(3600),
                next => Duration::from_nanos(next).saturating_sub(self.epoch.elapsed()),
            };
            if left.is_zero() {
                // A deadline armed from here on counts for the next round.
                self.next.store(NEVER, Ordering::SeqCst);
                return Some(state.lanes.iter().filter_map(Weak::upgrade).collect());
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
        }
    }

    fn nanos(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.epoch);
        u64::try_from(since.as_nanos()).unwrap_or(NEVER - 1)
    }
}

//! The thread that answers calls whose deadline has passed, wherever their jobs are.

use std::time::{Duration, Instant};

use crate::job::{Abandon, Wakes};
use crate::lane::Lane;
use crate::sync::{Arc, AtomicU64, Condvar, Mutex, Ordering, Weak, lock};

/// Nanoseconds since the timer's start; `NEVER` when nothing is due.
const NEVER: u64 = u64::MAX;

/// A short read may be this late because the reader that it was left to is kept: then another one is woken.
const ATTEND_AFTER: Duration = Duration::from_millis(1);
/// Nothing is due for a long time; a bound that any platform's clock can add.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Why the timer has woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Deadline,
    Attention,
}

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
    /// When lanes must be looked at for jobs whose thread is kept longer than it seemed.
    attend: AtomicU64,
    state: Mutex<State>,
    changed: Condvar,
}

impl Timer {
    pub(crate) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            next: AtomicU64::new(NEVER),
            attend: AtomicU64::new(NEVER),
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
        self.lower(&self.next, self.nanos(deadline));
    }

    /// Makes sure that the timer soon wakes a thread for jobs that still wait by then.
    pub(crate) fn arm_attention(&self) {
        if self.attend.load(Ordering::SeqCst) == NEVER {
            self.lower(&self.attend, self.nanos(Instant::now() + ATTEND_AFTER));
        }
    }

    fn lower(&self, next: &AtomicU64, due: u64) {
        let earlier = due < next.load(Ordering::Relaxed);
        if earlier && due < next.fetch_min(due, Ordering::SeqCst) {
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
        while let Some((due, lanes)) = self.wait() {
            for lane in lanes {
                match due {
                    Due::Deadline => self.sweep(&lane, &mut wakes),
                    Due::Attention => self.attend(&lane),
                }
            }
            wakes.wake_all();
        }
    }

    fn attend(&self, lane: &Lane) {
        if lane.attend() {
            self.arm_attention();
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
    fn wait(&self) -> Option<(Due, Vec<Arc<Lane>>)> {
        let mut state = lock(&self.state);
        while !state.stopped {
            let now = self.nanos(Instant::now());
            let lanes = || state.lanes.iter().filter_map(Weak::upgrade).collect();
            // What is armed from here on counts for the next round.
            if now >= self.attend.load(Ordering::SeqCst) {
                self.attend.store(NEVER, Ordering::SeqCst);
                return Some((Due::Attention, lanes()));
            }
            let next = self.next.load(Ordering::SeqCst);
            if now >= next {
                self.next.store(NEVER, Ordering::SeqCst);
                return Some((Due::Deadline, lanes()));
            }
            let next = next.min(self.attend.load(Ordering::SeqCst));
            let left = Duration::from_nanos(next.saturating_sub(now)).min(LONGEST_WAIT);
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
        }
        None
    }

    fn nanos(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.epoch);
        u64::try_from(since.as_nanos()).unwrap_or(NEVER - 1)
    }
}

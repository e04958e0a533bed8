//! When a connection thread that has no job stays awake, because callers are likely to come back soon.

use std::time::{Duration, Instant};

use super::{Lane, State};
use crate::sync::{Ordering, lock};

/// How long a connection thread stays awake for many callers: about what waking it costs.
const LINGER_FOR_MANY: Duration = Duration::from_micros(20);

/// As long for one caller, who comes back when he was woken himself.
const LINGER_FOR_ONE: Duration = Duration::from_micros(100);

/// So many jobs in a row show that more are about to come.
const BURST: usize = 4;

/// A caller is taken for the only one when so many jobs came one at a time.
const ALONE: u64 = 32;

/// How long a caller may expect to wait and still do better to look again than to be woken.
const WORTH_WAITING: Duration = Duration::from_micros(10);

/// What lies behind a connection thread that has no job left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Several jobs without a pause.
    Burst,
    /// A job that came soon after the one before.
    Soon,
    /// A job that came after a while.
    Pause,
}

impl After {
    /// What a thread has behind it that had been free since `free` when it began to serve this many jobs.
    pub(crate) fn round(jobs: usize, free: Duration) -> Self {
        match jobs {
            BURST.. => Self::Burst,
            _ if free < LINGER_FOR_ONE => Self::Soon,
            _ => Self::Pause,
        }
    }
}

impl Lane {
    /// Stays awake for callers that were just answered, who may come back: that saves putting the thread to sleep and
    /// waking it for nearly every job. One thread that lingers is enough.
    pub(crate) fn linger(&self, after: After) {
        let state = lock(&self.state);
        let Some(longest) = state.how_long(after) else {
            return;
        };
        let before = state.pushed;
        drop(state);
        let until = Instant::now() + longest;
        while self.pushes.load(Ordering::Relaxed) == before && Instant::now() < until {
            std::thread::yield_now();
        }
    }

    /// Notes how long a job took that no other one waited for.
    pub(crate) fn note_service(&self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.service_nanos.store(nanos, Ordering::Relaxed);
    }

    pub(super) fn is_quick(&self) -> bool {
        u128::from(self.service_nanos.load(Ordering::Relaxed)) < WORTH_WAITING.as_nanos()
    }
}

impl State {
    /// How long it pays to stay awake; not at all while somebody else does, or a job waits.
    pub(super) fn how_long(&self, after: After) -> Option<Duration> {
        if self.attending > 1 || self.queue.len() > 0 {
            return None;
        }
        match after {
            After::Burst => Some(LINGER_FOR_MANY),
            After::Soon if self.is_for_one_caller() => Some(LINGER_FOR_ONE),
            After::Soon | After::Pause => None,
        }
    }

    /// Whether the job that was entered last has the lane for itself.
    pub(super) fn comes_alone(&mut self) -> bool {
        let alone = self.entries.len() == 1;
        if !alone {
            self.crowded_at = self.pushed;
        }
        alone
    }

    /// Whether jobs have lately come one at a time.
    fn is_for_one_caller(&self) -> bool {
        self.pushed - self.crowded_at > ALONE
    }
}

#[cfg(test)]
mod tests;

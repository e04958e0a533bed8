//! Stops a call of SQLite in its tracks until a test lets it go on.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A call that is stopped, or will be once it comes; dropping this lets it go on.
#[derive(Debug)]
#[must_use = "dropping it lets the call go on"]
pub struct Hold {
    gate: Arc<Gate>,
}

impl Hold {
    pub(super) fn new() -> (Self, Arc<Gate>) {
        let gate = Arc::<Gate>::default();
        (
            Hold {
                gate: Arc::clone(&gate),
            },
            gate,
        )
    }

    /// Waits until the call has come and is stopped; false when `timeout` passed first.
    #[must_use = "false says that the call did not come"]
    pub fn reached(&self, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        let mut phase = self.gate.phase();
        while *phase == Phase::Awaited {
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                return false;
            };
            let waited = self.gate.changed.wait_timeout(phase, left);
            phase = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Lets the call go on.
    pub fn release(self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.gate.set(Phase::Released);
    }
}

/// Where the stopped call waits.
#[derive(Debug, Default)]
pub(super) struct Gate {
    phase: Mutex<Phase>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Awaited,
    Stopped,
    Released,
}

impl Gate {
    /// Waits for the release, on the thread of the call.
    pub(super) fn pass(&self) {
        let mut phase = self.phase();
        if *phase == Phase::Awaited {
            *phase = Phase::Stopped;
            self.changed.notify_all();
        }
        while *phase != Phase::Released {
            phase = self
                .changed
                .wait(phase)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn set(&self, to: Phase) {
        *self.phase() = to;
        self.changed.notify_all();
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

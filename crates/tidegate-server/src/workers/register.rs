//! How each worker is.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_stores::Timestamp;

/// How a worker is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WorkerState {
    /// `running`, `waiting` (to be restarted) or `ended`.
    pub(crate) state: &'static str,
    /// Rounds of work that were done.
    pub(crate) rounds: u64,
    /// When the last of them was done.
    pub(crate) last_round_at: Option<Timestamp>,
    /// How often it failed or panicked.
    pub(crate) failures: u64,
    /// How many rounds have failed since the last one that was done.
    pub(crate) failures_in_a_row: u64,
    /// What it last failed with.
    pub(crate) last_error: Option<String>,
    /// When that was.
    pub(crate) last_error_at: Option<Timestamp>,
}

/// The states of all workers by name.
#[derive(Debug, Default)]
pub(crate) struct Register {
    states: Mutex<BTreeMap<&'static str, WorkerState>>,
}

impl Register {
    /// Every worker with its state, by name.
    pub(crate) fn states(&self) -> Vec<(&'static str, WorkerState)> {
        let states = self.lock();
        states
            .iter()
            .map(|(name, state)| (*name, state.clone()))
            .collect()
    }

    /// The most rounds of one worker that have failed in a row.
    pub(super) fn failures_in_a_row(&self) -> u64 {
        let states = self.lock();
        let failures = states.values().map(|state| state.failures_in_a_row);
        failures.max().unwrap_or_default()
    }

    pub(super) fn set_state(&self, name: &'static str, state: &'static str) {
        self.lock().entry(name).or_default().state = state;
    }

    pub(super) fn count_round(&self, name: &'static str, now: Timestamp) {
        let mut states = self.lock();
        let state = states.entry(name).or_default();
        state.rounds += 1;
        state.failures_in_a_row = 0;
        state.last_round_at = Some(now);
    }

    pub(super) fn count_failure(&self, name: &'static str, now: Timestamp, error: String) {
        let mut states = self.lock();
        let state = states.entry(name).or_default();
        state.state = "waiting";
        state.failures += 1;
        state.failures_in_a_row += 1;
        state.last_error = Some(error);
        state.last_error_at = Some(now);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, WorkerState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

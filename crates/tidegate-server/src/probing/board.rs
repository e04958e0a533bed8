//! How each probe last went, and when it is run next.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_stores::Timestamp;

/// How a run of a probe went.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// When it began.
    pub(crate) at: Timestamp,
    pub(crate) took: Duration,
    /// `ok`, `failed` (the command), `timed_out`, `unreadable` (its output), or `not_run`.
    pub(crate) outcome: &'static str,
    /// Why it was not `ok`.
    pub(crate) error: Option<String>,
    /// What was read out of its output.
    pub(crate) values: BTreeMap<String, f64>,
}

/// What is known of a probe.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Known {
    pub(crate) last: Option<Run>,
    pub(crate) next_at: Option<Timestamp>,
}

/// What is known of all probes, by name.
#[derive(Debug, Default)]
pub(crate) struct Board {
    probes: Mutex<HashMap<String, Known>>,
}

impl Board {
    /// What is known of one.
    pub(crate) fn of(&self, name: &str) -> Known {
        self.lock().get(name).cloned().unwrap_or_default()
    }

    pub(super) fn ran(&self, name: &str, run: Run) {
        self.lock().entry(name.to_owned()).or_default().last = Some(run);
    }

    pub(super) fn plan(&self, name: &str, next_at: Timestamp) {
        self.lock().entry(name.to_owned()).or_default().next_at = Some(next_at);
    }

    /// Forgets the probes that are not among these.
    pub(super) fn keep(&self, is_configured: impl Fn(&str) -> bool) {
        self.lock().retain(|name, _| is_configured(name));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.probes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

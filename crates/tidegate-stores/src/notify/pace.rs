//! When the messages of a flow are due.

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::route::Route;
use crate::timestamp::Timestamp;

/// The intervals of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    pub(super) wait: Duration,
    pub(super) interval: Duration,
    pub(super) repeat: Duration,
}

impl Pace {
    pub(super) fn of(route: &Route) -> Self {
        Self {
            wait: route.group_wait,
            interval: route.group_interval,
            repeat: route.repeat_interval,
        }
    }

    /// An escalation waits for nobody; otherwise it goes by the default route.
    pub(super) fn of_escalation(default: &Route) -> Self {
        Self {
            wait: Duration::ZERO,
            ..Self::of(default)
        }
    }

    /// When a change is told of a flow whose latest message was tried then.
    pub(super) fn change(&self, now: Timestamp, flushed_at: Option<Timestamp>) -> Timestamp {
        match flushed_at {
            None => now.saturating_add(self.wait),
            Some(flushed_at) => after(now, flushed_at, self.interval).max(now),
        }
    }

    /// When a flow is looked at again after so many messages in a row were given up: ever later, up to the repetition.
    pub(super) fn failure(&self, now: Timestamp, failures: u32) -> Timestamp {
        let doubled = self
            .interval
            .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
        now.saturating_add(doubled.min(self.repeat))
    }
}

/// So long after a moment in the past. One that lies ahead was told by a clock that was wrong, and counts as now.
pub(super) fn after(now: Timestamp, moment: Timestamp, interval: Duration) -> Timestamp {
    moment.min(now).saturating_add(interval)
}

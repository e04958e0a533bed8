//! Where an alert stands.

use super::named::named;

named! {
    /// Where an alert stands. It begins as pending or firing, and ends as resolved.
    pub enum State as "state" {
        /// The condition holds, but not yet for as long as the rule asks.
        Pending = "pending",
        /// It concerns people.
        Firing = "firing",
        /// Somebody takes care of it: nothing is sent any more.
        Acknowledged = "acknowledged",
        /// Nothing is sent until a moment comes; then it fires again.
        Suppressed = "suppressed",
        /// It is over, for good. A new breach opens a new alert.
        Resolved = "resolved",
    }
}

impl State {
    /// Whether the alert is not over.
    #[must_use]
    pub const fn is_active(self) -> bool {
        !matches!(self, Self::Resolved)
    }

    /// Whether it waits for somebody to acknowledge it.
    pub(super) const fn is_unacknowledged(self) -> bool {
        matches!(self, Self::Firing | Self::Suppressed)
    }
}

//! A message with what it tells, as a dispatcher gets it.

use std::collections::BTreeMap;

use super::announcement::Status;
use super::message::Reason;
use super::severity::Severity;
use super::snapshot::all_labels;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::timestamp::Timestamp;

/// The most alerts that one message names; it counts the others.
pub const DELIVERY_ALERTS_MAX: usize = 500;

/// A message to be delivered now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The message: the same id for every attempt that tells the same facts, so that a receiver can tell a message that
    /// it has from one that it has not.
    pub id: Id,
    /// Which attempt this is, counted from 1; those of an earlier message that told less count, too.
    pub attempt: u32,
    /// Where it goes.
    pub target: String,
    /// Why.
    pub reason: Reason,
    /// The group, the same for all its messages.
    pub group_key: Fingerprint,
    /// The route that leads there; `None` for an escalation or a test.
    pub route: Option<String>,
    /// The labels by which it is a group.
    pub group_labels: Labels,
    /// The labels that all alerts of the list have in common, `alertname` and `severity` among them.
    pub common_labels: Labels,
    /// The annotations that all alerts of the list have in common.
    pub common_annotations: BTreeMap<String, String>,
    /// The alerts, at most [`DELIVERY_ALERTS_MAX`]: first those that fire, then those that are over; of either first what
    /// the target does not know yet, then the urgent before the others, then the older before the newer.
    pub alerts: Vec<ToldAlert>,
    /// How many alerts fire, listed or not.
    pub firing: u64,
    /// How many alerts are over since the target was told of them, listed or not.
    pub resolved: u64,
    /// Until when the message belongs to whoever has claimed it.
    pub lease_until: Timestamp,
}

/// An alert as a message tells it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToldAlert {
    /// What it is about.
    pub fingerprint: Fingerprint,
    /// The alert.
    pub alert: Id,
    /// Whether it lasts.
    pub status: Status,
    /// Whether the target does not know this yet.
    pub is_news: bool,
    /// Its name.
    pub name: String,
    /// How urgent it is.
    pub severity: Severity,
    /// Its labels.
    pub labels: Labels,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// The number that made it fire.
    pub value: Option<f64>,
    /// How often it occurred.
    pub occurrences: u64,
    /// Since when it fires.
    pub starts_at: Timestamp,
    /// Since when it is over.
    pub ends_at: Option<Timestamp>,
    /// Where to look at it.
    pub generator_url: Option<String>,
}

/// What a dispatcher gives back to say how a [`Delivery`] went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Receipt {
    /// The message.
    pub message: Id,
    /// The attempt.
    pub attempt: u32,
}

impl Delivery {
    /// The receipt for [`sent`](super::sent) and [`failed`](super::failed).
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        Receipt {
            message: self.id,
            attempt: self.attempt,
        }
    }

    /// How many alerts it tells of without naming them.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        let listed = u64::try_from(self.alerts.len()).unwrap_or(u64::MAX);
        (self.firing + self.resolved).saturating_sub(listed)
    }

    /// How urgent the worst of the alerts that fire is; `None` if all are over.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        let firing = self
            .alerts
            .iter()
            .filter(|alert| alert.status == Status::Firing);
        firing.map(|alert| alert.severity).max()
    }
}

impl ToldAlert {
    /// Its labels, with its name as `alertname` and its severity as `severity` unless it has such labels: what routes
    /// and groups go by.
    #[must_use]
    pub fn all_labels(&self) -> Labels {
        all_labels(&self.name, self.severity, &self.labels)
    }
}

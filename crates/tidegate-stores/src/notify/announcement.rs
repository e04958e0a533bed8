//! What there is to tell of one alert, and the one call through which it enters.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate::Tx;

use super::membership;
use super::named::named;
use super::routing::Routing;
use super::severity::Severity;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::timestamp::Timestamp;

/// Whether the trouble lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Firing,
    /// It is over.
    Resolved,
}

named!(Status, "status", { Firing => "firing", Resolved => "resolved" });

/// What there is to tell of one alert, as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// The same for all alerts about the same thing.
    pub fingerprint: Fingerprint,
    /// The alert.
    pub alert: Id,
    /// Whether the trouble lasts.
    pub status: Status,
    /// Nothing is sent while it is: acknowledged, suppressed, silenced, or inhibited.
    pub is_muted: bool,
    /// The name.
    pub name: String,
    /// How urgent it is now.
    pub severity: Severity,
    /// What tells it from others of its name.
    pub labels: Labels,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// The number that made it fire, if one did.
    pub value: Option<f64>,
    /// How often it occurred.
    pub occurrences: u64,
    /// Since when it fires.
    pub starts_at: Timestamp,
    /// Since when it is over.
    pub ends_at: Option<Timestamp>,
    /// Where to look at it.
    pub generator_url: Option<String>,
    /// After how long it is told again; `None` for what the route says.
    pub repeat_after: Option<Duration>,
    /// Targets beside those of the route, from its escalation.
    pub further_targets: Vec<String>,
}

/// Takes note of what there is to tell, within the transaction that changed it. Whether, when and to whom it is sent
/// follows from the routes.
///
/// The messages that follow are in the outbox when the transaction is committed. Nothing is written for an announcement
/// that says what the one before it said. One whose severity, status or alert is another than before is told again;
/// other fields are told with the next message.
///
/// # Errors
/// What the database answers.
pub fn announce(tx: &mut Tx<'_>, now: Timestamp, announcement: &Announcement) -> Result<()> {
    let before = Snapshot::find(tx, announcement.fingerprint)?;
    if before.is_none() && announcement.status == Status::Resolved {
        return Ok(());
    }
    let routing = Routing::load(tx)?;
    let mut after = Snapshot::of(announcement, before.as_ref(), routing.version);
    if before.as_ref() == Some(&after) {
        return Ok(());
    }
    after.save(tx)?;
    match after.concerns_messages(before.as_ref()) {
        true => membership::settle(tx, now, &routing, &after, before.as_ref()),
        false => Ok(()),
    }
}

//! Trying a target by a message that goes the whole way.

use std::collections::BTreeMap;

use tidegate::Tx;

use super::announcement::Status;
use super::delivery::ToldAlert;
use super::routing::{Routing, group_key};
use super::severity::Severity;
use super::target_rows::no_target;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::timestamp::Timestamp;

/// The name of the alert that a test tells of.
pub const TEST_ALERT: &str = "TidegateTest";

/// Puts a test into the outbox, due at once, and gives its id. It is handed out, sent, tried again and noted in the ledger
/// as every other message; neither severity nor routes matter.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such target; [`Conflict`](crate::ErrorKind::Conflict) if it is
/// disabled; and what the database answers.
pub fn test_message(tx: &mut Tx<'_>, now: Timestamp, target: &str) -> Result<Id> {
    let routing = Routing::load(tx)?;
    let known = routing.target(target).ok_or_else(|| no_target(target))?;
    if !known.is_enabled {
        return Err(Error::conflict("target", "it is disabled", "disabled"));
    }
    let (id, key) = (Id::new(now), group_key("test", target, &Labels::empty()));
    let sql = "INSERT INTO tg_notify_message (id, target, group_key, labels, state, created_at, scheduled_at, due, attempts,
            firing, resolved) VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5, ?5, 0, 1, 0)";
    tx.execute(sql, (id, target, key, Labels::empty(), now))?;
    Ok(id)
}

/// The alert that a test tells of; its own id, the same for each attempt.
pub(super) fn alert(now: Timestamp, message: Id) -> ToldAlert {
    let text = "This is a test. Nothing is wrong, and notifications arrive.";
    ToldAlert {
        fingerprint: Fingerprint::of(TEST_ALERT, &Labels::empty()),
        alert: message,
        status: Status::Firing,
        is_news: true,
        name: TEST_ALERT.to_owned(),
        severity: Severity::Info,
        labels: Labels::empty(),
        annotations: BTreeMap::from([("summary".to_owned(), text.to_owned())]),
        value: None,
        occurrences: 1,
        starts_at: now,
        ends_at: None,
        generator_url: None,
    }
}

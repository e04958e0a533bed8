//! One message of the outbox: what people see of it.

use serde::Deserialize;
use tidegate::ReadTx;

use super::in_json::span;
use super::named::named;
use super::outbox::Row;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::timestamp::Timestamp;

const OUTBOX: &str = "outbox";

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It is due at some time, for the first time or again.
    Waiting,
    /// A dispatcher has it, for as long as its lease lasts.
    Sending,
    /// It was acknowledged.
    Sent,
    /// It was given up.
    Failed,
    /// Nobody wants it any more.
    Cancelled,
}

named!(MessageState, "state", {
    Waiting => "waiting",
    Sending => "sending",
    Sent => "sent",
    Failed => "failed",
    Cancelled => "cancelled",
});

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It tells of alerts that the target does not know.
    New,
    /// An alert that the target knows has become more or less urgent, or fires anew.
    Changed,
    /// Nothing has changed, and it lasts.
    Repeat,
    /// It tells of ends only.
    Resolved,
    /// An alert that nobody has acknowledged in time.
    Escalation,
    /// Somebody tries the target.
    Test,
}

named!(Reason, "reason", {
    New => "new",
    Changed => "changed",
    Repeat => "repeat",
    Resolved => "resolved",
    Escalation => "escalation",
    Test => "test",
});

/// One message: to be sent, on its way, or what became of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Its id, the same for each attempt to deliver it.
    pub id: Id,
    /// Where it goes.
    pub target: String,
    /// The group of alerts that it tells of.
    pub group_key: Fingerprint,
    /// The route that has led there; `None` for an escalation or a test.
    pub route: Option<String>,
    /// The labels that the alerts of its group have in common.
    #[serde(rename = "labels")]
    pub group_labels: Labels,
    /// How it stands.
    pub state: MessageState,
    /// When there was a reason for it.
    pub created_at: Timestamp,
    /// When it is due; while it is being sent, when the lease ends. What it tells, and whether it tells anything, is found
    /// out then.
    pub due: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it is sent, once it was composed.
    pub reason: Option<Reason>,
    /// Of how many alerts it tells that they fire, once it was composed.
    pub firing: u64,
    /// Of how many alerts it tells that they are over, once it was composed.
    pub resolved: u64,
    /// Why it was cancelled or given up.
    pub note: Option<String>,
    /// Since when it is sent, failed or cancelled.
    pub closed_at: Option<Timestamp>,
}

/// The columns of a [`Message`].
macro_rules! columns {
    () => {
        "id, target, group_key, route, labels, state, created_at, due, attempts, reason, firing, resolved, note, closed_at"
    };
}

/// One message by its id.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none, or none any more; and what the database answers.
pub fn message(tx: &mut ReadTx<'_>, id: Id) -> Result<Message> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_notify_message WHERE id = ?"
    );
    let found: Option<Message> = tx.query_opt(sql, (id,))?;
    found.ok_or_else(|| no_message(id))
}

/// The messages to a target that wait or are on their way, the first due first.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a limit of zero or a cursor of another list;
/// [`Limit`](crate::ErrorKind::Limit) beyond [`PAGE_ITEMS_MAX`]; and what the database answers.
pub fn outbox(
    tx: &mut ReadTx<'_>,
    target: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Message>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let (due, id): (Timestamp, Option<Id>) = match after {
        Some(cursor) => cursor.key(OUTBOX)?,
        None => (Timestamp::MIN, None),
    };
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_notify_message WHERE target = ?1 AND closed_at IS NULL AND due >= ?2
            AND (due > ?2 OR ?3 IS NULL OR id > ?3) ORDER BY due, id LIMIT ?4"
    );
    let found = tx.query(sql, (target, due, id, limit + 1))?;
    Ok(Page::cut(found, limit, |last: &Message| {
        Cursor::after(OUTBOX, &(last.due, last.id))
    }))
}

pub(super) fn no_message(id: Id) -> Error {
    Error::not_found("message", id)
}

impl Row {
    /// The message with an id, as those who change it see it.
    pub(super) fn by_id(tx: &mut ReadTx<'_>, id: Id) -> Result<Self> {
        let sql = concat!(
            "SELECT ",
            super::outbox::columns!(),
            " FROM tg_notify_message WHERE id = ?"
        );
        let found: Option<Self> = tx.query_opt(sql, (id,))?;
        found.ok_or_else(|| no_message(id))
    }

    /// Whether there is still something to come of it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, MessageState::Waiting | MessageState::Sending)
    }

    /// After how long what it told is told again.
    pub(super) fn repeat(&self) -> Option<std::time::Duration> {
        self.repeat_after.map(span)
    }
}

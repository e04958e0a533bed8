//! Reading the ledger.

use std::time::Duration;

use serde::Deserialize;
use tidegate::{Params, ReadTx, list};

use super::in_json::span;
use super::message::{Reason, no_message};
use super::named::named;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// The most values of one list of a [`LedgerFilter`].
pub const LEDGER_FILTER_VALUES_MAX: usize = 100;

const LEDGER: &str = "ledger";

/// How an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// It is under way.
    Pending,
    /// It was acknowledged.
    Sent,
    /// It was not.
    Failed,
    /// Its message was cancelled, before it was tried or while it was.
    Cancelled,
}

named!(EntryState, "state", {
    Pending => "pending",
    Sent => "sent",
    Failed => "failed",
    Cancelled => "cancelled",
});

/// One line of the ledger: an attempt to deliver a message, or the end of a message that was not tried.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The number of its latest change, which [`after`](super::after) goes by.
    pub seq: u64,
    /// The message.
    pub message: Id,
    /// Where it goes.
    pub target: String,
    /// The group of alerts that it tells of.
    pub group_key: Fingerprint,
    /// Why, once it was composed.
    pub reason: Option<Reason>,
    /// Of how many alerts it tells that they fire.
    pub firing: u64,
    /// Of how many alerts it tells that they are over.
    pub resolved: u64,
    /// Which attempt it is, from 1; 0 if the message was cancelled without one being under way.
    pub attempt: u32,
    /// How it stands.
    pub state: EntryState,
    /// When it began.
    pub at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How long it took.
    pub latency: Option<Duration>,
    /// Why it failed or was cancelled, on one line.
    pub error: Option<String>,
    /// When the message is tried again.
    pub next_try: Option<Timestamp>,
}

/// Which entries are meant: those that meet every condition. An empty list and `None` are met by all.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LedgerFilter {
    /// Of any of these targets.
    pub targets: Vec<String>,
    /// In any of these states.
    pub states: Vec<EntryState>,
    /// Begun then or later.
    pub since: Option<Timestamp>,
    /// Of messages that name this alert.
    pub fingerprint: Option<Fingerprint>,
}

/// The number of an entry, and the entry.
#[derive(Deserialize)]
pub(super) struct EntryRow {
    entry: u64,
    seq: u64,
    message_id: Id,
    target: String,
    group_key: Fingerprint,
    reason: Option<Reason>,
    firing: u64,
    resolved: u64,
    attempt: u32,
    state: EntryState,
    at: Timestamp,
    finished_at: Option<Timestamp>,
    latency: Option<i64>,
    error: Option<String>,
    next_try: Option<Timestamp>,
}

impl EntryRow {
    pub(super) fn into_entry(self) -> Entry {
        Entry {
            seq: self.seq,
            message: self.message_id,
            target: self.target,
            group_key: self.group_key,
            reason: self.reason,
            firing: self.firing,
            resolved: self.resolved,
            attempt: self.attempt,
            state: self.state,
            at: self.at,
            finished_at: self.finished_at,
            latency: self.latency.map(span),
            error: self.error,
            next_try: self.next_try,
        }
    }
}

/// Entries with what they have of their message.
macro_rules! select {
    () => {
        "SELECT entry, line.seq AS seq, sent.id AS message_id, line.target AS target, group_key, reason, firing, resolved,
            attempt, line.state AS state, at, finished_at, latency, error, next_try
        FROM tg_notify_entry AS line CROSS JOIN tg_notify_message AS sent ON sent.seq = line.message"
    };
}
pub(super) use select;

/// The entries that a filter means, those begun last first.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a filter, a limit or a cursor
/// that is not as it must be; and what the database answers.
pub fn ledger(
    tx: &mut ReadTx<'_>,
    filter: &LedgerFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Entry>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let (conditions, mut params) = filter.conditions()?;
    let mut sql = format!("{} WHERE {conditions}", select!());
    if let Some(cursor) = after {
        let (at, entry): (Timestamp, u64) = cursor.key(LEDGER)?;
        sql.push_str(" AND (at, entry) < (?, ?)");
        params = params.push(at).push(entry);
    }
    sql.push_str(" ORDER BY at DESC, entry DESC LIMIT ?");
    let rows: Vec<EntryRow> = tx.query(&sql, params.push(limit + 1))?;
    let page = Page::cut(rows, limit, |last| {
        Cursor::after(LEDGER, &(last.at, last.entry))
    });
    Ok(Page {
        items: page.items.into_iter().map(EntryRow::into_entry).collect(),
        next: page.next,
    })
}

/// The entries of one message, the first attempt first.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such message, or none any more; and what the database answers.
pub fn attempts(tx: &mut ReadTx<'_>, message: Id) -> Result<Vec<Entry>> {
    let sql = "SELECT seq FROM tg_notify_message WHERE id = ?";
    let found: Option<(i64,)> = tx.query_opt(sql, (message,))?;
    let (seq,) = found.ok_or_else(|| no_message(message))?;
    let sql = concat!(select!(), " WHERE line.message = ? ORDER BY entry");
    let rows: Vec<EntryRow> = tx.query(sql, (seq,))?;
    Ok(rows.into_iter().map(EntryRow::into_entry).collect())
}

impl LedgerFilter {
    /// The conditions as SQL, with their parameters.
    fn conditions(&self) -> Result<(String, Params)> {
        check::count("targets", self.targets.len(), LEDGER_FILTER_VALUES_MAX)?;
        check::count("states", self.states.len(), LEDGER_FILTER_VALUES_MAX)?;
        let (mut sql, mut params) = ("TRUE".to_owned(), Params::new());
        match &*self.targets {
            [] => {}
            // One value is compared, so that an index gives the rows in their order.
            [one] => {
                sql.push_str(" AND line.target = ?");
                params = params.push(&**one);
            }
            many => {
                sql.push_str(" AND line.target IN rarray(?)");
                params = params.push(list(many));
            }
        }
        match &*self.states {
            [] => {}
            [one] => {
                sql.push_str(" AND line.state = ?");
                params = params.push(*one);
            }
            many => {
                sql.push_str(" AND line.state IN rarray(?)");
                params = params.push(list(many.iter().copied()));
            }
        }
        if let Some(since) = self.since {
            sql.push_str(" AND at >= ?");
            params = params.push(since);
        }
        if let Some(fingerprint) = self.fingerprint {
            sql.push_str(
                " AND line.message IN (SELECT message FROM tg_notify_message_alert WHERE fingerprint = ?)",
            );
            params = params.push(fingerprint);
        }
        Ok((sql, params))
    }
}

//! Looking messages up, of all targets, with the alerts that they name.

use tidegate::{Params, ReadTx, list};

use super::message::{Message, MessageState, columns, no_message};
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// The most targets of a [`MessageFilter`].
pub const MESSAGE_TARGETS_MAX: usize = 100;

const LIST: &str = "messages";

/// Which messages are meant: those that meet every condition. An empty list and `None` are met by all.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MessageFilter {
    /// To any of these targets.
    pub targets: Vec<String>,
    /// In any of these states.
    pub states: Vec<MessageState>,
    /// That were tried, or that were not.
    pub is_tried: Option<bool>,
    /// Made then or later.
    pub since: Option<Timestamp>,
    /// That name this alert.
    pub fingerprint: Option<Fingerprint>,
}

/// The messages that a filter means, those made last first.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a filter, a limit or a cursor
/// that is not as it must be; and what the database answers.
pub fn messages(
    tx: &mut ReadTx<'_>,
    filter: &MessageFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Message>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let (mut sql, mut params) = filter.conditions()?;
    if let Some(cursor) = after {
        let (id,): (Id,) = cursor.key(LIST)?;
        sql.push_str(" AND id < ?");
        params = params.push(id);
    }
    sql.push_str(" ORDER BY id DESC LIMIT ?");
    let found = tx.query(&sql, params.push(limit + 1))?;
    Ok(Page::cut(found, limit, |last: &Message| {
        Cursor::after(LIST, &(last.id,))
    }))
}

/// The alerts that a message names, `limit` at most. Before a message is composed it names none.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such message, or none any more;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a limit of zero; [`Limit`](crate::ErrorKind::Limit) beyond
/// [`PAGE_ITEMS_MAX`]; and what the database answers.
pub fn named_alerts(tx: &mut ReadTx<'_>, message: Id, limit: usize) -> Result<Vec<Fingerprint>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let found: Option<(i64,)> =
        tx.query_opt("SELECT seq FROM tg_notify_message WHERE id = ?", (message,))?;
    let (seq,) = found.ok_or_else(|| no_message(message))?;
    let sql = "SELECT fingerprint FROM tg_notify_message_alert WHERE message = ? ORDER BY fingerprint LIMIT ?";
    let rows: Vec<(Fingerprint,)> = tx.query(sql, (seq, limit))?;
    Ok(rows.into_iter().map(|(fingerprint,)| fingerprint).collect())
}

impl MessageFilter {
    /// The query up to its conditions, with their parameters.
    fn conditions(&self) -> Result<(String, Params)> {
        check::count("targets", self.targets.len(), MESSAGE_TARGETS_MAX)?;
        check::count("states", self.states.len(), MessageState::ALL.len())?;
        let mut sql =
            concat!("SELECT ", columns!(), " FROM tg_notify_message WHERE TRUE").to_owned();
        let mut params = Params::new();
        if !self.targets.is_empty() {
            sql.push_str(" AND target IN rarray(?)");
            params = params.push(list(&*self.targets));
        }
        if !self.states.is_empty() {
            sql.push_str(" AND state IN rarray(?)");
            params = params.push(list(self.states.iter().copied()));
        }
        if let Some(is_tried) = self.is_tried {
            sql.push_str(if is_tried {
                " AND attempts > 0"
            } else {
                " AND attempts = 0"
            });
        }
        if let Some(since) = self.since {
            sql.push_str(" AND created_at >= ?");
            params = params.push(since);
        }
        if let Some(fingerprint) = self.fingerprint {
            sql.push_str(
                " AND seq IN (SELECT message FROM tg_notify_message_alert WHERE fingerprint = ?)",
            );
            params = params.push(fingerprint);
        }
        Ok((sql, params))
    }
}

//! Looking events up, the newest first.

use tidegate::ReadTx;

use super::conditions::Filter;
use super::event::Event;
use super::row::{Row, columns};
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::{Error, Result};
use crate::id::Id;
use crate::timestamp::Timestamp;

const LIST: &str = "events";

/// The events that a filter means, the newest first; those of one moment by the order of recording, the last first.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a filter, a limit or a cursor
/// that is not as it must be; and what the database answers.
pub fn list(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Event>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let mut conditions = filter.conditions()?;
    if let Some(cursor) = after {
        let place: (Timestamp, u64) = cursor.key(LIST)?;
        conditions.add_pair("(at, tg_event.seq) < (?, ?)", place);
    }
    let select = concat!("SELECT ", columns!(), " FROM tg_event");
    let rest = "ORDER BY at DESC, tg_event.seq DESC LIMIT ?";
    let (sql, params) = conditions.statement(select, rest, Some(limit + 1));
    let events = Row::into_events(tx.query(&sql, params)?)?;
    Ok(Page::cut(events, limit, |last| {
        Cursor::after(LIST, &(last.at, last.seq))
    }))
}

/// One event by its id.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none, or none any more; and what the database answers.
pub fn get(tx: &mut ReadTx<'_>, id: Id) -> Result<Event> {
    let sql = concat!("SELECT ", columns!(), " FROM tg_event WHERE id = ?");
    let row: Option<Row> = tx.query_opt(sql, (id,))?;
    row.ok_or_else(|| Error::not_found("event", id))?
        .into_event()
}

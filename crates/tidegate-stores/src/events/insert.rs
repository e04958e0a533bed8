//! Events into their table, many with one statement.

use tidegate::{Params, Tx};

use super::event::NewEvent;
use crate::error::Result;
use crate::id::Id;
use crate::json_text::JsonText;
use crate::timestamp::Timestamp;

/// The most rows of one statement. The full-text index writes to the file once for each statement, not for each row.
const ROWS_OF_A_STATEMENT: usize = 128;

const INSERT: &str = "INSERT INTO tg_event (seq, id, at, type, severity, source, target, category, status, title,
    description, details, tags, correlation_id, user_id, health_score, resource_usage, bytes) VALUES ";
const ROW: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// An event that was checked, with what it got.
pub(super) struct Stamped {
    pub(super) seq: u64,
    pub(super) id: Id,
    pub(super) at: Timestamp,
    pub(super) bytes: usize,
    pub(super) event: NewEvent,
}

pub(super) fn insert(tx: &mut Tx<'_>, events: Vec<Stamped>) -> Result<()> {
    let mut left = events.len();
    let mut events = events.into_iter();
    while left > 0 {
        let count = rows_of_next(left);
        let params = events.by_ref().take(count).try_fold(Params::new(), push)?;
        tx.execute(&statement(count), params)?;
        left -= count;
    }
    Ok(())
}

/// A power of two, so that few statements do for batches of all sizes.
fn rows_of_next(left: usize) -> usize {
    let largest = left.min(ROWS_OF_A_STATEMENT);
    1 << largest.ilog2()
}

fn statement(rows: usize) -> String {
    let mut sql = INSERT.to_owned();
    for row in 0..rows {
        sql.push_str(if row > 0 { ", " } else { "" });
        sql.push_str(ROW);
    }
    sql
}

/// Adds the values of one row.
fn push(params: Params, stamped: Stamped) -> Result<Params> {
    let Stamped {
        seq,
        id,
        at,
        bytes,
        event,
    } = stamped;
    let mut tags = event.tags;
    tags.sort_unstable();
    tags.dedup();
    Ok(params
        .push(seq)
        .push(id)
        .push(at)
        .push(event.event_type)
        .push(event.severity.as_str())
        .push(event.source)
        .push(event.target)
        .push(event.category)
        .push(event.status)
        .push(event.title)
        .push(event.description)
        .push(event.details)
        .push(JsonText::from_value("tags", &tags)?)
        .push(event.correlation_id)
        .push(event.user_id)
        .push(event.health_score)
        .push(event.resource_usage)
        .push(bytes))
}

//! Following the log as it grows.

#[cfg(test)]
mod tests;

use tidegate::{Params, ReadTx};

use super::conditions::Filter;
use super::event::Event;
use super::row::{Row, columns};
use super::state::State;
use crate::check;
use crate::error::{Error, Result};

/// The most events of one [`after`].
pub const TAIL_EVENTS_MAX: usize = 1_000;

/// The next events of somebody who follows the log.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Tail {
    /// The events, in the order of recording.
    pub events: Vec<Event>,
    /// How many events of any kind retention had removed before they were read.
    pub missed: u64,
    /// The number to go on after. It moves past events that the filter leaves out.
    pub next: u64,
    /// Whether there are more already.
    pub more: bool,
}

/// The events recorded after the number `seq` that a filter means, in the order of recording, `limit` at most. 0 is
/// before the first.
///
/// Numbers have no gaps, and a transaction that is rolled back uses none: whoever has read up to a number has seen all
/// that came before, but for what is counted as missed.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) for a number that was not given out yet, as after a restored backup: begin anew
/// from [`last_seq`]. [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a filter or
/// limit that is not as it must be; and what the database answers.
pub fn after(tx: &mut ReadTx<'_>, seq: u64, filter: &Filter, limit: usize) -> Result<Tail> {
    check::page(limit, TAIL_EVENTS_MAX)?;
    let state = State::load(tx)?;
    if seq > state.last_seq {
        let reason = format!("no event has the number {seq} yet");
        return Err(Error::conflict(
            "event log",
            reason,
            state.last_seq.to_string(),
        ));
    }
    let (sql, params) = statement(seq, filter, limit)?;
    let mut events = Row::into_events(tx.query(&sql, params)?)?;
    let more = events.len() > limit;
    events.truncate(limit);
    let last = events.last().filter(|_| more).map(|event| event.seq);
    Ok(Tail {
        events,
        missed: state.removed_seq.saturating_sub(seq),
        next: last.unwrap_or(state.last_seq),
        more,
    })
}

/// Goes by the number whatever the filter is: an index on what the filter names would lead through the whole log, and
/// somebody who follows it asks again and again.
fn statement(seq: u64, filter: &Filter, limit: usize) -> Result<(String, Params)> {
    let mut conditions = filter.conditions_after(seq)?;
    conditions.add("tg_event.seq > ?", seq);
    let select = concat!("SELECT ", columns!(), " FROM tg_event NOT INDEXED");
    let rest = "ORDER BY tg_event.seq LIMIT ?";
    Ok(conditions.statement(select, rest, Some(limit + 1)))
}

/// The number of the latest event, 0 if there was none: where somebody begins who wants only what is to come.
///
/// # Errors
/// What the database answers.
pub fn last_seq(tx: &mut ReadTx<'_>) -> Result<u64> {
    Ok(State::load(tx)?.last_seq)
}

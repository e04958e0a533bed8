//! Following the ledger as it grows and changes.

use tidegate::ReadTx;

use super::entry::{Entry, EntryRow, select};
use super::state::State;
use crate::check;
use crate::cursor::PAGE_ITEMS_MAX;
use crate::error::{Error, Result};

/// The next entries of somebody who follows the ledger.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Tail {
    /// The entries as they are now, in the order of their latest changes.
    pub entries: Vec<Entry>,
    /// How many changes at most retention had removed before they were read.
    pub missed: u64,
    /// The number to go on after.
    pub next: u64,
    /// Whether there are more already.
    pub more: bool,
}

/// The entries that were made or changed after the change with the number `seq`, `limit` at most. 0 is before the first.
///
/// Each change has the next number, and a transaction that is rolled back uses none. An entry stands at its latest change:
/// whoever has read up to a number knows every entry as it was then.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) for a number that was not given out yet, as after a restored backup;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a limit of zero; [`Limit`](crate::ErrorKind::Limit) beyond
/// [`PAGE_ITEMS_MAX`]; and what the database answers.
pub fn after(tx: &mut ReadTx<'_>, seq: u64, limit: usize) -> Result<Tail> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let state = State::load(tx)?;
    if seq > state.last_seq {
        let reason = format!("no change has the number {seq} yet");
        let found = state.last_seq.to_string();
        return Err(Error::conflict("ledger", reason, found));
    }
    let sql = concat!(select!(), " WHERE line.seq > ? ORDER BY line.seq LIMIT ?");
    let mut rows: Vec<EntryRow> = tx.query(sql, (seq, limit + 1))?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let entries: Vec<Entry> = rows.into_iter().map(EntryRow::into_entry).collect();
    let last = entries.last().filter(|_| more).map(|entry| entry.seq);
    Ok(Tail {
        entries,
        missed: state.removed_seq.saturating_sub(seq),
        next: last.unwrap_or(state.last_seq),
        more,
    })
}

/// The number of the latest change, 0 if there was none: where somebody begins who wants only what is to come.
///
/// # Errors
/// What the database answers.
pub fn last_seq(tx: &mut ReadTx<'_>) -> Result<u64> {
    Ok(State::load(tx)?.last_seq)
}

//! Writing the ledger: one entry for each attempt, and one for each message that was cancelled untried.

use std::time::Duration;

use tidegate::{ReadTx, Tx};

use super::entry::EntryState;
use super::outbox::Row;
use super::state::next_seq;
use crate::error::Result;
use crate::timestamp::{Timestamp, micros};

/// How an attempt has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending<'a> {
    pub(super) state: EntryState,
    pub(super) latency: Option<Duration>,
    pub(super) error: Option<&'a str>,
    pub(super) next_try: Option<Timestamp>,
}

/// Notes that an attempt begins.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    now: Timestamp,
    message: i64,
    target: &str,
    attempt: u32,
) -> Result<()> {
    let seq = next_seq(tx)?;
    let sql = "INSERT INTO tg_notify_entry (entry, seq, message, target, attempt, state, at) VALUES (?, ?, ?, ?, ?, ?, ?)";
    tx.execute(
        sql,
        (seq, seq, message, target, attempt, EntryState::Pending, now),
    )?;
    Ok(())
}

/// Notes how an attempt has ended.
pub(super) fn end(tx: &mut Tx<'_>, now: Timestamp, entry: u64, ending: Ending<'_>) -> Result<()> {
    let seq = next_seq(tx)?;
    let sql = "UPDATE tg_notify_entry SET seq = ?, state = ?, finished_at = ?, latency = ?, error = ?, next_try = ?
        WHERE entry = ?";
    let latency = ending.latency.map(micros);
    tx.execute(
        sql,
        (
            seq,
            ending.state,
            now,
            latency,
            ending.error,
            ending.next_try,
            entry,
        ),
    )?;
    Ok(())
}

/// Notes that a message was cancelled: on the attempt that is under way, or by itself.
pub(super) fn cancel(tx: &mut Tx<'_>, now: Timestamp, message: &Row, note: &str) -> Result<()> {
    let pending =
        find(tx, message.seq, message.attempts)?.filter(|(_, state)| *state == EntryState::Pending);
    if let Some((entry, _)) = pending {
        let ending = Ending {
            state: EntryState::Cancelled,
            latency: None,
            error: Some(note),
            next_try: None,
        };
        return end(tx, now, entry, ending);
    }
    let seq = next_seq(tx)?;
    let sql = "INSERT INTO tg_notify_entry (entry, seq, message, target, attempt, state, at, finished_at, error)
        VALUES (?1, ?1, ?2, ?3, 0, ?4, ?5, ?5, ?6)";
    tx.execute(
        sql,
        (
            seq,
            message.seq,
            &*message.target,
            EntryState::Cancelled,
            now,
            note,
        ),
    )?;
    Ok(())
}

/// The entry of an attempt, and how it stands.
pub(super) fn find(
    tx: &mut ReadTx<'_>,
    message: i64,
    attempt: u32,
) -> Result<Option<(u64, EntryState)>> {
    let sql = "SELECT entry, state FROM tg_notify_entry WHERE message = ? AND attempt = ? AND attempt > 0";
    Ok(tx.query_opt(sql, (message, attempt))?)
}

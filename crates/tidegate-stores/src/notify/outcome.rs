//! What became of an attempt.

use std::time::Duration;

use tidegate::Tx;

use super::delivery::Receipt;
use super::entry::EntryState;
use super::flow::Flow;
use super::ledger::{self, Ending};
use super::outbox::{self, Close, Row};
use super::plain::plain_within;
use super::routing::Routing;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;

/// After how many attempts a message is given up.
pub const ATTEMPTS_MAX: u32 = 10;
/// The longest text of an error that is kept, in bytes.
pub const ERROR_BYTES_MAX: usize = 1_000;
/// The longest time after which a message is tried again.
pub const RETRY_MAX: Duration = Duration::from_secs(86_400);

/// What is to follow a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Another attempt so much later, at most [`RETRY_MAX`].
    After(Duration),
    /// None: it would fail, too.
    Never,
}

/// Notes that an attempt was acknowledged: what it told is known to the target, and is not told again before it is to be
/// repeated.
///
/// It may come late: the message counts as sent even if its lease has ended, or if it was cancelled meanwhile. Saying it
/// twice does nothing more.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such attempt, or none any more; and what the database answers.
pub fn sent(tx: &mut Tx<'_>, now: Timestamp, receipt: Receipt, latency: Duration) -> Result<()> {
    let (message, entry, state) = attempt(tx, receipt)?;
    if state == EntryState::Sent {
        return Ok(());
    }
    let ending = Ending {
        state: EntryState::Sent,
        latency: Some(latency),
        error: None,
        next_try: None,
    };
    ledger::end(tx, now, entry, ending)?;
    let sql =
        "UPDATE tg_notify_message SET state = 'sent', note = NULL, closed_at = ? WHERE seq = ?";
    tx.execute(sql, (now, message.seq))?;
    match message.flow {
        Some(flow) if message.is_open() => follow(tx, now, &message, flow),
        _ => Ok(()),
    }
}

/// Notes that the target knows what a message told, and makes the message that follows it.
fn follow(tx: &mut Tx<'_>, now: Timestamp, message: &Row, flow: i64) -> Result<()> {
    let sql = "UPDATE tg_notify_member SET told = CASE carries_end WHEN 0 THEN carried END, carried = NULL, carries_end = 0
        WHERE flow = ? AND carried IS NOT NULL";
    tx.execute(sql, (flow,))?;
    if message.resolved > 0 {
        let sql = "DELETE FROM tg_notify_member WHERE flow = ? AND told IS NULL
            AND EXISTS (SELECT 1 FROM tg_notify_alert WHERE id = tg_notify_member.alert AND status = 'resolved')";
        tx.execute(sql, (flow,))?;
    }
    let sql = "UPDATE tg_notify_flow SET sent_at = ?, failures = 0 WHERE id = ?";
    tx.execute(sql, (now, flow))?;
    let is_empty = Flow::note_if_empty(tx, now, flow)?;
    let routing = Routing::load(tx)?;
    let Some(flow) = Flow::get(tx, flow)?.filter(|_| !is_empty) else {
        return Ok(());
    };
    let Some(pace) = routing.pace(flow.route.as_deref(), &flow.target) else {
        return Ok(());
    };
    let due = match message.repeat() {
        _ if flow.is_changed => pace.change(now, flow.flushed_at),
        Some(repeat) if message.firing > 0 => now.saturating_add(repeat),
        _ => return Ok(()),
    };
    outbox::create_for(tx, now, &routing, flow.id, due)
}

/// Notes that an attempt has failed, and why. The message is tried again, or given up: if `retry` says so, or after
/// [`ATTEMPTS_MAX`] attempts. A group whose message was given up gets another one, later and later while that goes on.
///
/// The text of the error is kept on one line, cut to [`ERROR_BYTES_MAX`]. It must not hold a secret. An outcome that comes
/// after the lease has ended changes the ledger only.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such attempt, or none any more;
/// [`Conflict`](crate::ErrorKind::Conflict) if it was acknowledged; and what the database answers.
pub fn failed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    receipt: Receipt,
    latency: Duration,
    error: &str,
    retry: Retry,
) -> Result<()> {
    let (message, entry, state) = attempt(tx, receipt)?;
    match state {
        EntryState::Pending => {}
        EntryState::Sent => {
            let reason = "the attempt was acknowledged";
            return Err(Error::conflict("attempt", reason, state.as_str()));
        }
        EntryState::Failed | EntryState::Cancelled => return Ok(()),
    }
    let is_current = message.is_open() && message.attempts == receipt.attempt;
    let next_try = match retry {
        Retry::After(pause) if is_current && message.attempts < ATTEMPTS_MAX => {
            Some(now.saturating_add(pause.min(RETRY_MAX)))
        }
        _ => None,
    };
    let error = plain_within(error, ERROR_BYTES_MAX);
    let ending = Ending {
        state: EntryState::Failed,
        latency: Some(latency),
        error: Some(&error),
        next_try,
    };
    ledger::end(tx, now, entry, ending)?;
    match next_try {
        _ if !is_current => Ok(()),
        Some(due) => outbox::move_to(tx, now, message.seq, due),
        None => {
            let routing = Routing::load(tx)?;
            give_up(tx, now, &routing, &message, &error)
        }
    }
}

/// Ends a message that could not be delivered, and makes the one that follows it.
pub(super) fn give_up(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    message: &Row,
    error: &str,
) -> Result<()> {
    outbox::close(tx, now, message, Close::GivenUp(error))?;
    let Some(flow) = message.flow else {
        return Ok(());
    };
    let sql = "UPDATE tg_notify_flow SET failures = failures + 1 WHERE id = ?";
    tx.execute(sql, (flow,))?;
    let Some(flow) = Flow::get(tx, flow)? else {
        return Ok(());
    };
    let Some(pace) = routing.pace(flow.route.as_deref(), &flow.target) else {
        return Ok(());
    };
    let due = match flow.is_changed {
        true => pace.change(now, flow.flushed_at),
        false => pace.failure(now, flow.failures),
    };
    outbox::create_for(tx, now, routing, flow.id, due)
}

/// The message and the entry that a receipt stands for.
fn attempt(tx: &mut Tx<'_>, receipt: Receipt) -> Result<(Row, u64, EntryState)> {
    let message = Row::by_id(tx, receipt.message)?;
    let found = ledger::find(tx, message.seq, receipt.attempt)?;
    let (entry, state) = found.ok_or_else(|| {
        let key = format!("{} of message {}", receipt.attempt, receipt.message);
        Error::not_found("attempt", key)
    })?;
    Ok((message, entry, state))
}

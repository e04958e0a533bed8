//! How the targets are doing.

use std::time::Duration;

use tidegate::ReadTx;

use super::entry::EntryState;
use super::in_json::span;
use super::message::MessageState;
use super::target_rows::targets;
use crate::error::Result;
use crate::timestamp::Timestamp;
use crate::window::Window;

/// How a target is doing: now, and by the attempts that were begun in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetStatistics {
    /// The target.
    pub target: String,
    /// How many attempts were acknowledged.
    pub sent: u64,
    /// How many were not.
    pub failed: u64,
    /// How long half of the acknowledged ones took at most.
    pub latency_p50: Option<Duration>,
    /// How long 95 of 100 acknowledged ones took at most.
    pub latency_p95: Option<Duration>,
    /// How many messages are due and not on their way.
    pub waiting: u64,
    /// For how long the oldest of them has been due.
    pub oldest_waiting: Option<Duration>,
    /// How many are on their way.
    pub sending: u64,
    /// How many are to be looked at later.
    pub scheduled: u64,
}

/// How each target is doing, in the order of their names. The window's end is the time by which messages are due.
///
/// # Errors
/// What the database answers.
pub fn statistics(tx: &mut ReadTx<'_>, window: Window) -> Result<Vec<TargetStatistics>> {
    let mut all = Vec::new();
    for target in targets(tx)? {
        all.push(of_target(tx, window, target.name)?);
    }
    Ok(all)
}

fn of_target(tx: &mut ReadTx<'_>, window: Window, target: String) -> Result<TargetStatistics> {
    let now = window.to();
    let sql = "SELECT count(*), min(due) FROM tg_notify_message
        WHERE target = ? AND closed_at IS NULL AND due <= ? AND state = ?";
    let waiting = (&*target, now, MessageState::Waiting);
    let (waiting, oldest): (u64, Option<Timestamp>) = tx.query_one(sql, waiting)?;
    let sql = "SELECT count(*) FROM tg_notify_message WHERE target = ? AND closed_at IS NULL AND state = ?";
    let sending: u64 = tx.query_scalar(sql, (&*target, MessageState::Sending))?;
    let open: u64 = tx.query_scalar(sql, (&*target, MessageState::Waiting))?;
    let sent = count(tx, window, &target, EntryState::Sent)?;
    Ok(TargetStatistics {
        sent,
        failed: count(tx, window, &target, EntryState::Failed)?,
        latency_p50: latency(tx, window, &target, sent, 50)?,
        latency_p95: latency(tx, window, &target, sent, 95)?,
        waiting,
        oldest_waiting: oldest.map(|due| now.saturating_since(due)),
        sending,
        scheduled: open.saturating_sub(waiting),
        target,
    })
}

fn count(tx: &mut ReadTx<'_>, window: Window, target: &str, state: EntryState) -> Result<u64> {
    let sql = "SELECT count(*) FROM tg_notify_entry WHERE target = ? AND at > ? AND at <= ? AND state = ?";
    Ok(tx.query_scalar(sql, (target, window.from(), window.to(), state))?)
}

/// The latency that `percent` of the `sent` attempts did not exceed.
fn latency(
    tx: &mut ReadTx<'_>,
    window: Window,
    target: &str,
    sent: u64,
    percent: u64,
) -> Result<Option<Duration>> {
    let Some(index) = (sent * percent).div_ceil(100).checked_sub(1) else {
        return Ok(None);
    };
    let sql = "SELECT latency FROM tg_notify_entry WHERE target = ? AND at > ? AND at <= ? AND state = 'sent'
        ORDER BY latency LIMIT 1 OFFSET ?";
    let found: Option<(i64,)> = tx.query_opt(sql, (target, window.from(), window.to(), index))?;
    Ok(found.map(|(latency,)| span(latency)))
}

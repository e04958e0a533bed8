//! When a dispatcher has something to do.

use std::time::Duration;

use tidegate::ReadTx;

use super::routing::Routing;
use super::target::{RateLimit, Target};
use crate::error::Result;
use crate::timestamp::{Timestamp, micros};

/// How far ahead a time may lie before it counts as told by a clock that was wrong.
pub(super) const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// The enabled targets for which [`claim`](super::claim) may have something now, in the order of their names.
///
/// # Errors
/// What the database answers.
pub fn due_targets(tx: &mut ReadTx<'_>, now: Timestamp) -> Result<Vec<String>> {
    let routing = Routing::load(tx)?;
    let mut due = Vec::new();
    for target in routing.all_enabled() {
        if ready_at(tx, now, target)?.is_some_and(|ready| ready <= now) {
            due.push(target.name.clone());
        }
    }
    Ok(due)
}

/// When [`claim`](super::claim) will have something next: `now` if it has something already, `None` if nothing waits.
/// An announcement, an outcome or a change of targets and routes may bring it forward.
///
/// # Errors
/// What the database answers.
pub fn next_due(tx: &mut ReadTx<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
    let routing = Routing::load(tx)?;
    let mut next: Option<Timestamp> = None;
    for target in routing.all_enabled() {
        let ready = ready_at(tx, now, target)?;
        next = next.into_iter().chain(ready).min();
    }
    Ok(next)
}

/// When a message to the target can be claimed next.
fn ready_at(tx: &mut ReadTx<'_>, now: Timestamp, target: &Target) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(due) FROM tg_notify_message WHERE target = ? AND closed_at IS NULL";
    let first: Option<Timestamp> = tx.query_scalar(sql, (&*target.name,))?;
    let Some(first) = first else {
        return Ok(None);
    };
    let ahead = now.saturating_add(CLOCK_TOLERANCE);
    let sql =
        "SELECT max(scheduled_at) FROM tg_notify_message WHERE target = ? AND closed_at IS NULL";
    let latest: Option<Timestamp> = tx.query_scalar(sql, (&*target.name,))?;
    let is_misdated = latest.is_some_and(|latest| latest > ahead);
    let mut ready = if is_misdated { now } else { first.max(now) };
    if let Some(ends) = first_lease_end_if_full(tx, now, target)? {
        ready = ready.max(ends);
    }
    if let Some(limit) = target.rate_limit {
        ready = ready.max(rate_allows_at(tx, now, target, limit)?);
    }
    Ok(Some(ready))
}

/// How many messages to the target may be handed out now.
pub(super) fn room(tx: &mut ReadTx<'_>, now: Timestamp, target: &Target) -> Result<usize> {
    let places = u64::from(target.concurrency).saturating_sub(leased(tx, now, target)?);
    let allowed = match target.rate_limit {
        Some(limit) => u64::from(limit.count).saturating_sub(tried(tx, now, target, limit)?),
        None => u64::MAX,
    };
    Ok(usize::try_from(places.min(allowed)).unwrap_or(usize::MAX))
}

/// How many messages are on their way.
fn leased(tx: &mut ReadTx<'_>, now: Timestamp, target: &Target) -> Result<u64> {
    let sql = "SELECT count(*) FROM tg_notify_message
        WHERE target = ? AND closed_at IS NULL AND due > ? AND state = 'sending' AND scheduled_at <= ?";
    let ahead = now.saturating_add(CLOCK_TOLERANCE);
    Ok(tx.query_scalar(sql, (&*target.name, now, ahead))?)
}

fn first_lease_end_if_full(
    tx: &mut ReadTx<'_>,
    now: Timestamp,
    target: &Target,
) -> Result<Option<Timestamp>> {
    if leased(tx, now, target)? < u64::from(target.concurrency) {
        return Ok(None);
    }
    let sql = "SELECT min(due) FROM tg_notify_message
        WHERE target = ? AND closed_at IS NULL AND due > ? AND state = 'sending'";
    Ok(tx.query_scalar(sql, (&*target.name, now))?)
}

/// How many attempts were begun within the period that ends now.
fn tried(tx: &mut ReadTx<'_>, now: Timestamp, target: &Target, limit: RateLimit) -> Result<u64> {
    let sql = "SELECT count(*) FROM tg_notify_entry WHERE target = ? AND at > ? AND at <= ? AND attempt > 0";
    let from = now.as_micros().saturating_sub(micros(limit.period));
    Ok(tx.query_scalar(sql, (&*target.name, from, now))?)
}

/// When the earliest of the attempts that use the limit up leaves the period.
fn rate_allows_at(
    tx: &mut ReadTx<'_>,
    now: Timestamp,
    target: &Target,
    limit: RateLimit,
) -> Result<Timestamp> {
    let sql = "SELECT at FROM tg_notify_entry WHERE target = ? AND at <= ? AND attempt > 0 ORDER BY at DESC LIMIT 1 OFFSET ?";
    let earliest: Option<(Timestamp,)> =
        tx.query_opt(sql, (&*target.name, now, limit.count.saturating_sub(1)))?;
    Ok(earliest.map_or(now, |(at,)| at.saturating_add(limit.period)))
}

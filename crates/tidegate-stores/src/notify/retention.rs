//! How long the ledger is kept, and forgetting what is not needed any more a bounded piece at a time.

use std::time::Duration;

use tidegate::{ReadTx, Tx, list};

use super::due::CLOCK_TOLERANCE;
use super::in_json::span;
use super::state::State;
use super::target::lasting;
use crate::error::Result;
use crate::progress::Progress;
use crate::timestamp::{Timestamp, micros};
use crate::window::WINDOW_MAX;

/// How long a group without alerts is remembered: as long as that, its next message keeps the group's interval.
const EMPTY_FLOW_KEPT: Duration = Duration::from_secs(3_600);

/// How long entries of the ledger are kept; 90 days at first.
///
/// # Errors
/// What the database answers.
pub fn retention(tx: &mut ReadTx<'_>) -> Result<Duration> {
    Ok(span(State::load(tx)?.keep_age))
}

/// Changes how long entries of the ledger are kept. The next steps remove what is too old then.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for nothing, [`Limit`](crate::ErrorKind::Limit) beyond [`WINDOW_MAX`];
/// and what the database answers.
pub fn set_retention(tx: &mut Tx<'_>, age: Duration) -> Result<()> {
    lasting("age", age, WINDOW_MAX)?;
    tx.execute("UPDATE tg_notify_state SET keep_age = ?", (micros(age),))?;
    Ok(())
}

/// Removes what is too old or not needed any more, about `budget` rows at most: entries of closed messages with the
/// messages, alerts that are over and that nobody waits to be told of, and groups without alerts.
///
/// # Errors
/// What the database answers.
pub fn retain_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let state = State::load(tx)?;
    let kinds = [remove_messages, remove_alerts, remove_flows];
    let mut rows = 0;
    for remove_kind in kinds {
        rows += remove_kind(tx, now, &state, budget - rows)?;
        if rows >= budget {
            return Ok(Progress::of(rows, true));
        }
    }
    Ok(Progress::of(rows, false))
}

/// Messages that were closed long enough ago, with their entries, as many as the budget has entries for and one at least.
fn remove_messages(tx: &mut Tx<'_>, now: Timestamp, state: &State, budget: usize) -> Result<usize> {
    let before = now.saturating_sub(span(state.keep_age));
    let sql = "SELECT seq FROM tg_notify_message WHERE closed_at < ? ORDER BY closed_at LIMIT ?";
    let closed: Vec<(i64,)> = tx.query(sql, (before, budget))?;
    let mut rows = 0;
    for (seq,) in closed {
        if rows >= budget {
            break;
        }
        rows += remove_message(tx, seq)?;
    }
    Ok(rows)
}

fn remove_message(tx: &mut Tx<'_>, seq: i64) -> Result<usize> {
    let sql = "SELECT max(seq) FROM tg_notify_entry WHERE message = ?";
    let last: Option<u64> = tx.query_scalar(sql, (seq,))?;
    let sql = "UPDATE tg_notify_state SET removed_seq = max(removed_seq, ?)";
    tx.execute(sql, (last.unwrap_or(0),))?;
    let mut rows = tx.execute("DELETE FROM tg_notify_entry WHERE message = ?", (seq,))?;
    rows += tx.execute(
        "DELETE FROM tg_notify_message_alert WHERE message = ?",
        (seq,),
    )?;
    rows += tx.execute("DELETE FROM tg_notify_message WHERE seq = ?", (seq,))?;
    Ok(usize::try_from(rows).unwrap_or(usize::MAX))
}

/// Alerts that are over and in no flow.
fn remove_alerts(tx: &mut Tx<'_>, _: Timestamp, _: &State, budget: usize) -> Result<usize> {
    let sql = "SELECT id FROM tg_notify_alert WHERE status = 'resolved'
        AND NOT EXISTS (SELECT 1 FROM tg_notify_member WHERE alert = tg_notify_alert.id) ORDER BY id LIMIT ?";
    let ids: Vec<(i64,)> = tx.query(sql, (budget,))?;
    let sql = "DELETE FROM tg_notify_alert WHERE id IN rarray(?)";
    remove(tx, sql, &ids)
}

/// Flows that have been empty for a while, or since a moment that lies ahead, from a clock that was wrong.
fn remove_flows(tx: &mut Tx<'_>, now: Timestamp, _: &State, budget: usize) -> Result<usize> {
    let sql = "SELECT id FROM tg_notify_flow WHERE emptied_at IS NOT NULL AND (emptied_at < ? OR emptied_at > ?)
        AND NOT EXISTS (SELECT 1 FROM tg_notify_message WHERE flow = tg_notify_flow.id AND closed_at IS NULL) LIMIT ?";
    let (before, ahead) = (
        now.saturating_sub(EMPTY_FLOW_KEPT),
        now.saturating_add(CLOCK_TOLERANCE),
    );
    let ids: Vec<(i64,)> = tx.query(sql, (before, ahead, budget))?;
    let sql = "DELETE FROM tg_notify_flow WHERE id IN rarray(?)";
    remove(tx, sql, &ids)
}

fn remove(tx: &mut Tx<'_>, sql: &str, ids: &[(i64,)]) -> Result<usize> {
    if !ids.is_empty() {
        tx.execute(sql, (list(ids.iter().map(|(id,)| *id)),))?;
    }
    Ok(ids.len())
}

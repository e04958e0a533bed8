//! The open messages: making, moving and closing them.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use super::flow::Flow;
use super::ledger;
use super::message::MessageState;
use super::routing::Routing;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::timestamp::Timestamp;

/// What is told of a message whose alerts have all been taken out of it.
pub(super) const NOTHING_LEFT: &str = "nothing is left to tell";

/// A message that is open, or was.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) id: Id,
    pub(super) flow: Option<i64>,
    pub(super) target: String,
    pub(super) group_key: Fingerprint,
    pub(super) route: Option<String>,
    pub(super) labels: Labels,
    pub(super) state: MessageState,
    pub(super) due: Timestamp,
    pub(super) attempts: u32,
    pub(super) digest: Option<Fingerprint>,
    pub(super) firing: u64,
    pub(super) resolved: u64,
    pub(super) repeat_after: Option<i64>,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "seq, id, flow, target, group_key, route, labels, state, due, attempts, digest, firing, resolved, repeat_after"
    };
}
pub(super) use columns;

/// How a message ends without being sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Close<'a> {
    /// Nobody wants it any more, for this reason.
    Cancelled(&'a str),
    /// It was tried often enough; this is why it failed last.
    GivenUp(&'a str),
}

/// The open message of a flow.
pub(super) fn open_of(tx: &mut ReadTx<'_>, flow: i64) -> Result<Option<Row>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_notify_message WHERE flow = ? AND closed_at IS NULL"
    );
    Ok(tx.query_opt(sql, (flow,))?)
}

/// Sees to it that a flow has a message that is due then or earlier. One that is on its way is followed by another when
/// it has arrived; one that is tried again keeps its time, and tells the news with the rest.
pub(super) fn expect_by(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    flow: i64,
    due: Timestamp,
) -> Result<()> {
    match open_of(tx, flow)? {
        None => create_for(tx, now, routing, flow, due),
        Some(open) if open.state == MessageState::Sending => Flow::mark_changed(tx, flow),
        Some(open) if open.attempts == 0 && due < open.due => move_to(tx, now, open.seq, due),
        Some(_) => Ok(()),
    }
}

/// A message of a flow that has none open, unless its target gets none.
pub(super) fn create_for(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    flow: i64,
    due: Timestamp,
) -> Result<()> {
    let target: String =
        tx.query_scalar("SELECT target FROM tg_notify_flow WHERE id = ?", (flow,))?;
    if routing.enabled(&target).is_some() {
        create(tx, now, flow, due, 0)?;
    }
    Ok(())
}

/// A new message of a flow, after so many attempts of others to tell the same.
pub(super) fn create(
    tx: &mut Tx<'_>,
    now: Timestamp,
    flow: i64,
    due: Timestamp,
    attempts: u32,
) -> Result<(i64, Id)> {
    let sql = "INSERT INTO tg_notify_message (id, flow, target, group_key, route, labels, state, created_at, scheduled_at,
            due, attempts, firing, resolved)
        SELECT ?1, id, target, group_key, route, labels, 'waiting', ?2, ?2, ?3, ?4, 0, 0 FROM tg_notify_flow WHERE id = ?5";
    let id = Id::new(now);
    tx.execute(sql, (id, now, due, attempts, flow))?;
    Ok((tx.last_insert_rowid(), id))
}

/// Lets a message wait until then.
pub(super) fn move_to(tx: &mut Tx<'_>, now: Timestamp, seq: i64, due: Timestamp) -> Result<()> {
    let sql =
        "UPDATE tg_notify_message SET state = 'waiting', due = ?, scheduled_at = ? WHERE seq = ?";
    tx.execute(sql, (due, now, seq))?;
    Ok(())
}

/// Ends a message that will not be sent, with what it carries, and says so in the ledger.
pub(super) fn close(tx: &mut Tx<'_>, now: Timestamp, message: &Row, how: Close<'_>) -> Result<()> {
    let (state, note) = match how {
        Close::Cancelled(note) => (MessageState::Cancelled, note),
        Close::GivenUp(note) => (MessageState::Failed, note),
    };
    let sql = "UPDATE tg_notify_message SET state = ?, note = ?, closed_at = ? WHERE seq = ?";
    tx.execute(sql, (state, note, now, message.seq))?;
    if state == MessageState::Cancelled {
        ledger::cancel(tx, now, message, note)?;
    }
    match message.flow {
        Some(flow) if message.attempts > 0 => Flow::drop_carried(tx, flow),
        _ => Ok(()),
    }
}

/// Cancels the waiting message of a flow that nobody is a member of any more.
pub(super) fn close_waiting(tx: &mut Tx<'_>, now: Timestamp, flow: i64) -> Result<()> {
    match open_of(tx, flow)? {
        Some(open) if open.state == MessageState::Waiting => {
            close(tx, now, &open, Close::Cancelled(NOTHING_LEFT))
        }
        _ => Ok(()),
    }
}

/// Ends all open messages of a target.
pub(super) fn close_all(
    tx: &mut Tx<'_>,
    now: Timestamp,
    target: &str,
    how: Close<'_>,
) -> Result<()> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_notify_message WHERE target = ? AND closed_at IS NULL ORDER BY due"
    );
    let open: Vec<Row> = tx.query(sql, (target,))?;
    open.iter()
        .try_for_each(|message| close(tx, now, message, how))
}

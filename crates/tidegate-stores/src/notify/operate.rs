//! What operators do to a message: stop it, or have it sent now.

use tidegate::Tx;

use super::flow::Flow;
use super::message::MessageState;
use super::outbox::{self, Close, Row};
use super::outcome::ERROR_BYTES_MAX;
use super::plain::plain_within;
use super::routing::Routing;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::timestamp::Timestamp;

/// Cancels a message that waits, for a reason that the ledger shows on one line.
///
/// What it would have told is not lost: the group is looked at again when it would be repeated, or when something changes.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such message; [`Conflict`](crate::ErrorKind::Conflict) if it does
/// not wait; and what the database answers.
pub fn cancel(tx: &mut Tx<'_>, now: Timestamp, message: Id, reason: &str) -> Result<()> {
    let row = Row::by_id(tx, message)?;
    if row.state != MessageState::Waiting {
        return Err(not_waiting(row.state));
    }
    let reason = plain_within(reason, ERROR_BYTES_MAX);
    outbox::close(tx, now, &row, Close::Cancelled(&reason))?;
    let routing = Routing::load(tx)?;
    let pace = routing.pace(row.route.as_deref(), &row.target);
    match row.flow.zip(pace) {
        Some((flow, pace)) => {
            let again = now.saturating_add(pace.repeat);
            outbox::create_for(tx, now, &routing, flow, again)
        }
        None => Ok(()),
    }
}

/// Has a message sent now that waits, or that was given up; gives the id of the one that will be sent.
///
/// For one that was given up it is that of the next message of its group. What is not to be repeated yet still waits for
/// its time.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such message; [`Conflict`](crate::ErrorKind::Conflict) if it is on
/// its way, sent or cancelled, or if nothing follows it; and what the database answers.
pub fn retry_now(tx: &mut Tx<'_>, now: Timestamp, message: Id) -> Result<Id> {
    let row = Row::by_id(tx, message)?;
    let waiting = match (row.state, row.flow) {
        (MessageState::Waiting, _) => row,
        (MessageState::Failed, Some(flow)) if Flow::get(tx, flow)?.is_some() => {
            let next = outbox::open_of(tx, flow)?;
            let next = next.ok_or_else(|| not_waiting(row.state))?;
            if next.state != MessageState::Waiting {
                return Err(not_waiting(next.state));
            }
            next
        }
        _ => return Err(not_waiting(row.state)),
    };
    outbox::move_to(tx, now, waiting.seq, waiting.due.min(now))?;
    Ok(waiting.id)
}

#[cold]
fn not_waiting(state: MessageState) -> Error {
    Error::conflict(
        "message",
        format!("it is {state}, and does not wait"),
        state.as_str(),
    )
}

//! Recording events.

use std::time::Duration;

use tidegate::Tx;

use super::event::NewEvent;
use super::insert::{Stamped, insert};
use super::state::State;
use crate::check;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::timestamp::Timestamp;

/// The most events of one [`record_many`].
pub const BATCH_EVENTS_MAX: usize = 10_000;
/// How far ahead of the given time an event may lie.
pub const EVENT_FUTURE_MAX: Duration = Duration::from_secs(5 * 60);

/// What an event got when it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// Its place in the order of recording.
    pub seq: u64,
    /// Its id, made of the time at which it happened.
    pub id: Id,
}

/// Records one event. See [`record_many`].
///
/// # Errors
/// As [`record_many`].
pub fn record(tx: &mut Tx<'_>, now: Timestamp, event: NewEvent) -> Result<Recorded> {
    event.check()?;
    let recorded = record_many(tx, now, vec![event]);
    let recorded = recorded?.into_iter().next();
    recorded.ok_or_else(|| Error::invalid("event", "none was given"))
}

/// Records events, all or none, in their order.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a field that is not as it must be, or a time more than
/// [`EVENT_FUTURE_MAX`] ahead; [`Limit`](crate::ErrorKind::Limit) for one that is too long, or beyond
/// [`BATCH_EVENTS_MAX`]; both with the index of the event as [`item`](Error::item). And what the database answers. Nothing
/// was recorded then, if the caller ends the transaction with the error.
pub fn record_many(
    tx: &mut Tx<'_>,
    now: Timestamp,
    events: Vec<NewEvent>,
) -> Result<Vec<Recorded>> {
    check::count("events", events.len(), BATCH_EVENTS_MAX)?;
    for (item, event) in events.iter().enumerate() {
        check_one(now, event).map_err(|error| error.of_item(item))?;
    }
    let mut next = State::load(tx)?.last_seq;
    let mut stamped = Vec::with_capacity(events.len());
    for event in events {
        next += 1;
        let at = event.at.unwrap_or(now);
        let (id, bytes) = (Id::new(at), event.bytes());
        stamped.push(Stamped {
            seq: next,
            id,
            at,
            bytes,
            event,
        });
    }
    let bytes: usize = stamped.iter().map(|stamped| stamped.bytes).sum();
    let recorded = stamped.iter().map(|stamped| Recorded {
        seq: stamped.seq,
        id: stamped.id,
    });
    let recorded = recorded.collect();
    insert(tx, stamped)?;
    let sql = "UPDATE tg_event_state SET last_seq = ?, bytes = bytes + ?";
    tx.execute(sql, (next, bytes))?;
    Ok(recorded)
}

fn check_one(now: Timestamp, event: &NewEvent) -> Result<()> {
    event.check()?;
    let latest = now.saturating_add(EVENT_FUTURE_MAX);
    match event.at.filter(|at| *at > latest) {
        None => Ok(()),
        Some(at) => Err(Error::invalid(
            "at",
            format!("{at} lies more than 5 minutes ahead"),
        )),
    }
}

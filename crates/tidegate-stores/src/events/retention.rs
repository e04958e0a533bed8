//! How much of the log is kept, and removing the rest a bounded piece at a time.

#[cfg(test)]
mod tests;

use std::time::Duration;

use tidegate::{ReadTx, Tx};

use super::record::EVENT_FUTURE_MAX;
use super::state::State;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::timestamp::{Timestamp, micros};
use crate::window::WINDOW_MAX;

/// How much of the log is kept. It stands in the database, so that every process goes by the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// How old events get; 90 days at first.
    pub age: Duration,
    /// How many there are at most; a million at first.
    pub events: u64,
    /// About how many bytes they take at most, indices not counted; 1 GiB at first.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            age: Duration::from_secs(90 * 86_400),
            events: 1_000_000,
            bytes: 1 << 30,
        }
    }
}

impl Retention {
    /// Keeps events for so long, so many of them, and so many bytes.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for nothing of either; [`Limit`](crate::ErrorKind::Limit) for more
    /// than [`WINDOW_MAX`], or than 63 bits hold.
    pub fn new(age: Duration, events: u64, bytes: u64) -> Result<Self> {
        let refused = |field| Err(Error::invalid(field, "must be more than nothing"));
        match () {
            () if micros(age) == 0 => refused("age"),
            () if events == 0 => refused("events"),
            () if bytes == 0 => refused("bytes"),
            () if age > WINDOW_MAX => Err(Error::limit("age", "at most 3660 days")),
            () if i64::try_from(events).is_err() => Err(Error::limit("events", "at most 2^63 - 1")),
            () if i64::try_from(bytes).is_err() => Err(Error::limit("bytes", "at most 2^63 - 1")),
            () => Ok(Self { age, events, bytes }),
        }
    }
}

/// How much is kept at present.
///
/// # Errors
/// What the database answers.
pub fn retention(tx: &mut ReadTx<'_>) -> Result<Retention> {
    let state = State::load(tx)?;
    Ok(Retention {
        age: Duration::from_micros(state.keep_age.unsigned_abs()),
        events: state.keep_events,
        bytes: state.keep_bytes,
    })
}

/// Changes how much is kept. The next steps remove what is too much then.
///
/// # Errors
/// As [`Retention::new`], and what the database answers.
pub fn set_retention(tx: &mut Tx<'_>, retention: Retention) -> Result<()> {
    let Retention { age, events, bytes } =
        Retention::new(retention.age, retention.events, retention.bytes)?;
    let sql = "UPDATE tg_event_state SET keep_age = ?, keep_events = ?, keep_bytes = ?";
    tx.execute(sql, (micros(age), events, bytes))?;
    Ok(())
}

/// Removes what is too old or too much, `budget` events at most, the first recorded first: the smaller it is, the shorter
/// the writer is held. Some hundreds are a good measure, for the words of each leave the full-text index.
///
/// An event that happened long before it was recorded goes when those recorded before it are old enough, too.
///
/// # Errors
/// What the database answers.
pub fn retain_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    let state = State::load(tx)?;
    let sql = "SELECT seq, at, bytes FROM tg_event ORDER BY seq LIMIT ?";
    let oldest: Vec<Oldest> = tx
        .query(sql, (budget,))?
        .into_iter()
        .map(Oldest::of)
        .collect();
    let count = surplus(&state, now, &oldest);
    let Some(last) = count.checked_sub(1).and_then(|index| oldest.get(index)) else {
        return Ok(Progress::default());
    };
    let bytes: u64 = oldest[..count].iter().map(|event| event.bytes).sum();
    tx.execute("DELETE FROM tg_event WHERE seq <= ?", (last.seq,))?;
    let sql = "UPDATE tg_event_state SET removed_seq = ?, bytes = bytes - ?";
    tx.execute(sql, (last.seq, bytes))?;
    Ok(Progress::of(count, count == budget))
}

/// What is looked at of the first events.
#[derive(Clone, Copy, Debug)]
struct Oldest {
    seq: u64,
    at: Timestamp,
    bytes: u64,
}

impl Oldest {
    fn of((seq, at, bytes): (u64, Timestamp, u64)) -> Self {
        Self { seq, at, bytes }
    }
}

/// How many of the first events are to go.
fn surplus(state: &State, now: Timestamp, oldest: &[Oldest]) -> usize {
    let too_many = state.events().saturating_sub(state.keep_events);
    let too_many = usize::try_from(too_many)
        .unwrap_or(usize::MAX)
        .min(oldest.len());
    too_many
        .max(too_large(state, oldest))
        .max(too_old(state, now, oldest))
}

fn too_large(state: &State, oldest: &[Oldest]) -> usize {
    let mut left = state.bytes;
    let goes = |event: &&Oldest| {
        let is_too_much = left > state.keep_bytes;
        left = left.saturating_sub(event.bytes);
        is_too_much
    };
    oldest.iter().take_while(goes).count()
}

/// Up to the last of the events that are old enough with none younger before it. One that lies in the future, from a clock
/// that was ahead, keeps none from going.
fn too_old(state: &State, now: Timestamp, oldest: &[Oldest]) -> usize {
    let ago = Duration::from_micros(state.keep_age.unsigned_abs());
    let (end, ahead) = (
        now.saturating_sub(ago),
        now.saturating_add(EVENT_FUTURE_MAX),
    );
    let passed = oldest
        .iter()
        .take_while(|event| event.at < end || event.at > ahead);
    let last = passed
        .enumerate()
        .filter(|(_, event)| event.at < end)
        .last();
    last.map_or(0, |(index, _)| index + 1)
}

//! What happened to alerts, in the order in which it did.

use serde::Deserialize;
use tidegate::{ReadTx, Tx, params};

use super::marks::{Marks, take_seqs};
use super::named::named;
use super::state::State;
use crate::check;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// The most transitions of one [`transitions_after`].
pub const TAIL_TRANSITIONS_MAX: usize = 1_000;

named! {
    /// What happened to an alert.
    pub enum TransitionKind as "kind" {
        /// It came to be.
        Opened = "opened",
        /// It began to fire after it was pending.
        Fired = "fired",
        /// Somebody takes care of it.
        Acknowledged = "acknowledged",
        /// It was put off until a moment.
        Suppressed = "suppressed",
        /// That moment has come.
        Returned = "returned",
        /// Nobody took care of it for too long.
        Escalated = "escalated",
        /// An occurrence was more urgent than it had been.
        Raised = "raised",
        /// It follows a change of its rule.
        Refreshed = "refreshed",
        /// A silence or another alert keeps it from being told.
        Muted = "muted",
        /// Nothing does any more.
        Unmuted = "unmuted",
        /// It is over.
        Resolved = "resolved",
    }
}

/// What happened to an alert, once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Transition {
    /// The order of happening, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// To which alert.
    pub alert: Id,
    /// The alert's fingerprint.
    pub fingerprint: Fingerprint,
    /// The alert's name.
    pub name: String,
    /// What.
    pub kind: TransitionKind,
    /// How it stood before; `None` if it was not there.
    pub from_state: Option<State>,
    /// How it stands since.
    pub to_state: State,
    /// How urgent it is since.
    pub severity: Severity,
    /// Who did it; `None` if it happened by itself.
    pub who: Option<String>,
    /// Why, in words; may be empty.
    pub why: String,
}

/// The next transitions of somebody who follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransitionTail {
    /// The transitions, in the order of happening.
    pub transitions: Vec<Transition>,
    /// How many retention had removed before they were read.
    pub missed: u64,
    /// The number to go on after.
    pub next: u64,
    /// Whether there are more already.
    pub more: bool,
}

/// What happened after the number `seq`, in the order of happening, `limit` at most. 0 is before the first.
///
/// Numbers have no gaps, and a transaction that is rolled back uses none: whoever has read up to a number has seen all
/// that came before, but for what is counted as missed.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) for a number that was not given out yet, as after a restored backup: begin anew
/// from [`last_transition`]. [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a
/// limit of nothing or beyond [`TAIL_TRANSITIONS_MAX`]; and what the database answers.
pub fn transitions_after(tx: &mut ReadTx<'_>, seq: u64, limit: usize) -> Result<TransitionTail> {
    check::page(limit, TAIL_TRANSITIONS_MAX)?;
    let last = last_transition(tx)?;
    if seq > last {
        let reason = format!("no transition has the number {seq} yet");
        return Err(Error::conflict(
            "alert transitions",
            reason,
            last.to_string(),
        ));
    }
    let sql = "SELECT * FROM tg_alert_transition WHERE seq > ? ORDER BY seq LIMIT ?";
    let mut transitions: Vec<Transition> = tx.query(sql, (seq, limit + 1))?;
    let more = transitions.len() > limit;
    transitions.truncate(limit);
    let read = transitions.last().filter(|_| more);
    let next = read.map_or(last, |transition| transition.seq);
    let given = u64::try_from(transitions.len()).unwrap_or(u64::MAX);
    Ok(TransitionTail {
        transitions,
        missed: (next - seq).saturating_sub(given),
        next,
        more,
    })
}

/// The number of the latest transition, 0 if there was none: where somebody begins who wants only what is to come.
///
/// # Errors
/// What the database answers.
pub fn last_transition(tx: &mut ReadTx<'_>) -> Result<u64> {
    Ok(Marks::load(tx)?.last_seq)
}

/// Numbers transitions in their order, and stores them.
pub(super) fn append(tx: &mut Tx<'_>, mut transitions: Vec<Transition>) -> Result<()> {
    if transitions.is_empty() {
        return Ok(());
    }
    let last = take_seqs(tx, transitions.len())?;
    for (seq, transition) in (last + 1..).zip(&mut transitions) {
        transition.seq = seq;
    }
    let sql = "INSERT INTO tg_alert_transition
        (seq, at, alert, fingerprint, name, kind, from_state, to_state, severity, who, why)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let rows = transitions.into_iter().map(|one| {
        params![
            one.seq,
            one.at,
            one.alert,
            one.fingerprint,
            one.name,
            one.kind,
            one.from_state,
            one.to_state,
            one.severity.as_str(),
            one.who,
            one.why,
        ]
    });
    tx.execute_many(sql, rows)?;
    Ok(())
}

//! What people do with alerts: acknowledge, put off, resolve.

use tidegate::Tx;

use super::alert::Alert;
use super::record::Record;
use super::resolving::resolve as end;
use super::rule::RULE_DURATION_MAX;
use super::state::State;
use super::texts::{WHY_BYTES_MAX, check_who};
use super::transition::TransitionKind;
use super::writer::{Note, Writer};
use crate::check;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::timestamp::Timestamp;

/// Who does something with an alert, why, and in which state they saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Action {
    /// Who, one line.
    pub who: String,
    /// Why; may be empty.
    pub why: String,
    /// The state in which they saw it; any that allows the action if it is `None`.
    pub expected: Option<State>,
}

impl Action {
    /// An action of somebody, whatever the state in which they saw the alert.
    #[must_use]
    pub fn new(who: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            who: who.into(),
            why: why.into(),
            expected: None,
        }
    }

    /// The same, only if the alert is still in this state.
    #[must_use]
    pub fn expecting(mut self, state: State) -> Self {
        self.expected = Some(state);
        self
    }
}

/// Acknowledges an alert that fires or is suppressed: somebody takes care of it. Nothing is sent any more, and its
/// escalation stops.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such alert; [`Conflict`](crate::ErrorKind::Conflict) if it is in
/// another state, which is then [`found`](Error::found): of two who acknowledge at once, one is told `acknowledged`.
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for texts that are not as they must
/// be; and what the database answers.
pub fn acknowledge(tx: &mut Tx<'_>, now: Timestamp, id: Id, action: &Action) -> Result<Alert> {
    let mut record = find(tx, id, action, &[State::Firing, State::Suppressed])?;
    let from = record.state;
    (record.state, record.suppressed_until) = (State::Acknowledged, None);
    change(
        tx,
        now,
        record,
        from,
        note(TransitionKind::Acknowledged, action),
    )
}

/// Puts an alert off until a moment, at which it fires again: one that fires, is acknowledged, or is put off already. Nothing
/// is sent until then; its escalation goes on.
///
/// # Errors
/// As [`acknowledge`]; [`InvalidInput`](crate::ErrorKind::InvalidInput) for a moment that is past,
/// [`Limit`](crate::ErrorKind::Limit) for one that is more than [`RULE_DURATION_MAX`] ahead.
pub fn suppress(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: Id,
    until: Timestamp,
    action: &Action,
) -> Result<Alert> {
    match () {
        () if until <= now => return Err(Error::invalid("until", "must lie ahead")),
        () if until.saturating_since(now) > RULE_DURATION_MAX => {
            return Err(Error::limit("until", "at most 366 days ahead"));
        }
        () => {}
    }
    let allowed = [State::Firing, State::Acknowledged, State::Suppressed];
    let mut record = find(tx, id, action, &allowed)?;
    let from = record.state;
    (record.state, record.suppressed_until) = (State::Suppressed, Some(until));
    change(
        tx,
        now,
        record,
        from,
        note(TransitionKind::Suppressed, action),
    )
}

/// Resolves an alert that is not resolved. If its rule finds the condition met again, it opens a new one.
///
/// # Errors
/// As [`acknowledge`].
pub fn resolve(tx: &mut Tx<'_>, now: Timestamp, id: Id, action: &Action) -> Result<Alert> {
    let allowed = [
        State::Pending,
        State::Firing,
        State::Acknowledged,
        State::Suppressed,
    ];
    let record = find(tx, id, action, &allowed)?;
    let mut writer = Writer::begin(now);
    end(
        tx,
        &mut writer,
        record,
        now,
        note(TransitionKind::Resolved, action),
    )?;
    writer.finish(tx)?;
    Record::load(tx, id).map(Alert::from)
}

/// The alert, if it is in a state that allows the action, and in the expected one.
fn find(tx: &mut Tx<'_>, id: Id, action: &Action, allowed: &[State]) -> Result<Record> {
    check_who("who", &action.who)?;
    check::text("why", &action.why, WHY_BYTES_MAX)?;
    let record = Record::load(tx, id)?;
    let state = record.state;
    let is_expected = action.expected.is_none_or(|expected| expected == state);
    match is_expected && allowed.contains(&state) {
        true => Ok(record),
        false => {
            let reason = format!("the alert is {state} already");
            let reason = match state {
                State::Pending | State::Firing => format!("the alert is {state}"),
                _ => reason,
            };
            Err(Error::conflict("alert", reason, state.as_str()))
        }
    }
}

fn note(kind: TransitionKind, action: &Action) -> Note {
    Note::by(kind, &action.who, &action.why)
}

fn change(
    tx: &mut Tx<'_>,
    now: Timestamp,
    record: Record,
    from: State,
    note: Note,
) -> Result<Alert> {
    let id = record.id;
    let mut writer = Writer::begin(now);
    writer.change(tx, record, from, note)?;
    writer.finish(tx)?;
    Record::load(tx, id).map(Alert::from)
}

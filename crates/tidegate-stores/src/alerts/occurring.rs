//! One more occurrence of an alert that is active.

use tidegate::Tx;

use super::record::Record;
use super::state::State;
use super::transition::TransitionKind;
use super::writer::{Note, Writer};
use crate::error::Result;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// What one more occurrence has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurred {
    from: State,
    /// What there is to tell of it in the alert's story.
    kind: Option<TransitionKind>,
    /// Whether it is more urgent now.
    pub(super) is_raised: bool,
}

/// Counts one more occurrence in the record: a pending alert fires, a less urgent one is raised.
pub(super) fn occur(record: &mut Record, now: Timestamp, severity: Severity) -> Occurred {
    let (from, is_raised) = (record.state, severity > record.severity);
    record.occurrences += 1;
    record.seen_at = now;
    record.severity = record.severity.max(severity);
    if from == State::Pending {
        (record.state, record.fired_at) = (State::Firing, Some(now));
    }
    let kind = match (from, is_raised) {
        (State::Pending, _) => Some(TransitionKind::Fired),
        (_, true) => Some(TransitionKind::Raised),
        (_, false) => None,
    };
    Occurred {
        from,
        kind,
        is_raised,
    }
}

/// Stores the record with what occurred.
pub(super) fn store(
    tx: &mut Tx<'_>,
    writer: &mut Writer,
    record: Record,
    occurred: Occurred,
    who: &str,
    why: &str,
) -> Result<()> {
    match occurred.kind {
        Some(kind) => writer.change(tx, record, occurred.from, Note::by(kind, who, why)),
        None => writer.touch(tx, record),
    }
}

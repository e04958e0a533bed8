//! The end of an alert.

use tidegate::Tx;

use super::record::Record;
use super::state::State;
use super::writer::{Note, Writer};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// Ends an alert that is active; `ended_at` is when the trouble was over.
pub(super) fn resolve(
    tx: &mut Tx<'_>,
    writer: &mut Writer,
    mut record: Record,
    ended_at: Timestamp,
    note: Note,
) -> Result<()> {
    let from = std::mem::replace(&mut record.state, State::Resolved);
    record.resolved_at = Some(ended_at);
    record.resolved_why = Some(note.why.clone());
    record.suppressed_until = None;
    writer.change(tx, record, from, note)
}

//! One alert with all that happened to it.

use tidegate::ReadTx;

use super::alert::Alert;
use super::lists::get;
use super::transition::Transition;
use crate::error::Result;
use crate::id::Id;

/// The most transitions of one story: the latest.
pub const STORY_TRANSITIONS_MAX: usize = 1_000;

/// One alert with all that happened to it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Story {
    /// The alert.
    pub alert: Alert,
    /// What happened to it, in the order of happening; the latest [`STORY_TRANSITIONS_MAX`].
    pub transitions: Vec<Transition>,
    /// How many before those are left out.
    pub left_out: u64,
}

/// One alert with all that happened to it.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none, or none any more; and what the database answers.
pub fn story(tx: &mut ReadTx<'_>, id: Id) -> Result<Story> {
    let alert = get(tx, id)?;
    let sql = "SELECT * FROM tg_alert_transition WHERE alert = ? ORDER BY seq DESC LIMIT ?";
    let mut transitions: Vec<Transition> = tx.query(sql, (id, STORY_TRANSITIONS_MAX))?;
    transitions.reverse();
    let sql = "SELECT count(*) FROM tg_alert_transition WHERE alert = ?";
    let all: u64 = tx.query_scalar(sql, (id,))?;
    let shown = u64::try_from(transitions.len()).unwrap_or(u64::MAX);
    Ok(Story {
        alert,
        transitions,
        left_out: all.saturating_sub(shown),
    })
}

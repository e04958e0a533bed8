//! Keeping when a key was last used.

use std::time::Duration;

use tidegate::Tx;

use crate::error::Result;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// How often it is written at most.
pub const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// Whether the time has come to write it again; after a clock was set back, too.
pub(super) fn is_due(now: Timestamp, last_used_at: Option<Timestamp>) -> bool {
    last_used_at.is_none_or(|last| last > now || now.saturating_since(last) >= TOUCH_INTERVAL)
}

/// Keeps that a key was used; writes nothing if that was kept less than [`TOUCH_INTERVAL`] ago. Tells whether it wrote.
///
/// # Errors
/// What the database answers.
pub fn touch(tx: &mut Tx<'_>, now: Timestamp, id: Id) -> Result<bool> {
    let sql = "UPDATE tg_key SET last_used_at = ?1 WHERE id = ?2
        AND (last_used_at IS NULL OR last_used_at > ?1 OR last_used_at <= ?3)";
    let before = now.saturating_sub(TOUCH_INTERVAL);
    Ok(tx.execute(sql, (now, id, before))? > 0)
}

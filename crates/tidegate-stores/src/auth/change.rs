//! Taking keys back, and giving them new secrets.

use std::time::Duration;

use tidegate::Tx;

use super::create::{Issued, generate};
use super::key::{Key, KeyState};
use super::list::get;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::timestamp::Timestamp;

/// How long the secret before a rotation may still be taken.
pub const ROTATION_OVERLAP_MAX: Duration = Duration::from_secs(30 * 86_400);

/// Gives a key another secret; the one before is taken for as long as `overlap` says, so that whoever uses it can be told.
/// A secret from before an earlier rotation is not taken any more.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such key; [`Conflict`](crate::ErrorKind::Conflict) if it was revoked
/// or has expired; [`Limit`](crate::ErrorKind::Limit) beyond [`ROTATION_OVERLAP_MAX`]; and what the database answers.
pub fn rotate(tx: &mut Tx<'_>, now: Timestamp, id: Id, overlap: Duration) -> Result<Issued> {
    if overlap > ROTATION_OVERLAP_MAX {
        return Err(Error::limit("overlap", "at most 30 days"));
    }
    let state = get(tx, id)?.state(now);
    if state != KeyState::Active {
        let reason = format!("the key is {}", state.as_str());
        return Err(Error::conflict("key", reason, state.as_str()));
    }
    let (secret, hash) = generate(id)?;
    let sql = "UPDATE tg_key SET previous_hash = hash, previous_until = ?, hash = ?, rotated_at = ? WHERE id = ?";
    let until = now.saturating_add(overlap);
    tx.execute(sql, (until, hash.as_bytes(), now, id))?;
    let key = get(tx, id)?;
    Ok(Issued { key, secret })
}

/// Takes a key back for good: it is refused by every process from the commit on. Doing it again changes nothing.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such key; and what the database answers.
pub fn revoke(tx: &mut Tx<'_>, now: Timestamp, id: Id) -> Result<Key> {
    let sql = "UPDATE tg_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
    tx.execute(sql, (now, id))?;
    get(tx, id)
}

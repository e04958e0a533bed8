//! Deciding whether somebody is let in.

use tidegate::ReadTx;

use super::key::{Key, KeyState};
use super::list::get;
use super::scope::Scope;
use super::secret::{Hash, take_apart};
use super::touch::is_due;
use crate::error::Result;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// Who shows a key that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// The key's id.
    pub id: Id,
    /// The key's name.
    pub name: String,
    /// What the key may be used for.
    pub scopes: Vec<Scope>,
    /// Whether [`touch`](super::touch()) would write.
    pub is_touch_due: bool,
}

impl Caller {
    /// Whether the key may be used for this: it has the scope, or is an admin's.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The key is taken.
    Accepted(Caller),
    /// It is not.
    Refused(Refusal),
}

/// Why a key is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// It is no key, there is none with this id, or its secret is another. Which of them is not told.
    Invalid,
    /// Its time is over. Told only to who knows the secret.
    Expired,
    /// It was revoked. Told only to who knows the secret.
    Revoked,
}

/// Decides whether the text of a key is taken at `now`. Only reads.
///
/// # Errors
/// What the database answers. A key that is not taken is no error.
pub fn verify(tx: &mut ReadTx<'_>, now: Timestamp, text: &str) -> Result<Verdict> {
    let invalid = Ok(Verdict::Refused(Refusal::Invalid));
    let Some((id, presented)) = take_apart(text) else {
        return invalid;
    };
    let Some((hashes, key)) = find(tx, id)? else {
        return invalid;
    };
    if !hashes.accept(now, &presented) {
        return invalid;
    }
    Ok(match key.state(now) {
        KeyState::Revoked => Verdict::Refused(Refusal::Revoked),
        KeyState::Expired => Verdict::Refused(Refusal::Expired),
        KeyState::Active => Verdict::Accepted(Caller {
            id,
            is_touch_due: is_due(now, key.last_used_at),
            name: key.name,
            scopes: key.scopes,
        }),
    })
}

/// What is kept of a key's secrets.
struct Hashes {
    current: Hash,
    previous: Option<(Hash, Timestamp)>,
}

impl Hashes {
    fn accept(&self, now: Timestamp, presented: &Hash) -> bool {
        let is_previous = self
            .previous
            .as_ref()
            .is_some_and(|(hash, until)| now < *until && hash.is(presented));
        self.current.is(presented) || is_previous
    }
}

fn find(tx: &mut ReadTx<'_>, id: Id) -> Result<Option<(Hashes, Key)>> {
    let sql = "SELECT hash, previous_hash, previous_until FROM tg_key WHERE id = ?";
    type Stored = (Vec<u8>, Option<Vec<u8>>, Option<Timestamp>);
    let Some((hash, previous, until)) = tx.query_opt::<Stored>(sql, (id,))? else {
        return Ok(None);
    };
    let hashes = Hashes {
        current: Hash::stored(hash),
        previous: previous.map(Hash::stored).zip(until),
    };
    Ok(Some((hashes, get(tx, id)?)))
}

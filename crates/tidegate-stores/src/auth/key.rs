//! A key as it is kept, without its secret.

use serde::Deserialize;

use super::scope::Scope;
use crate::error::Result;
use crate::id::Id;
use crate::json_text::JsonText;
use crate::timestamp::Timestamp;

/// The longest name of a key, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 128;

/// A service key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// Its id, the public part of its text.
    pub id: Id,
    /// What it is called by people.
    pub name: String,
    /// What it may be used for, sorted.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last got another secret.
    pub rotated_at: Option<Timestamp>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Timestamp>,
}

/// Whether a key is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl KeyState {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Key {
    /// Whether it is taken at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> KeyState {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => KeyState::Revoked,
            (None, Some(expires_at)) if expires_at <= now => KeyState::Expired,
            _ => KeyState::Active,
        }
    }
}

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        "id, name, scopes, created_at, rotated_at, expires_at, revoked_at, last_used_at"
    };
}
pub(super) use columns;

/// A row of the table, as far as it may be shown.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    id: Id,
    name: String,
    scopes: JsonText,
    created_at: Timestamp,
    rotated_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

impl Row {
    pub(super) fn into_key(self) -> Result<Key> {
        Ok(Key {
            id: self.id,
            name: self.name,
            scopes: self.scopes.decode("scopes")?,
            created_at: self.created_at,
            rotated_at: self.rotated_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            last_used_at: self.last_used_at,
        })
    }
}

//! Making keys.

use tidegate::{ReadTx, Tx};

use super::key::{KEY_NAME_BYTES_MAX, Key};
use super::list::get;
use super::scope::{SCOPES_MAX, Scope};
use super::secret::{Hash, Secret};
use crate::check;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::json_text::JsonText;
use crate::timestamp::Timestamp;

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewKey {
    /// What people call it: one visible line of at most [`KEY_NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// What it may be used for: at least one, at most [`SCOPES_MAX`].
    pub scopes: Vec<Scope>,
    /// From when on it is refused; never if that is not said.
    pub expires_at: Option<Timestamp>,
}

impl NewKey {
    /// A key that never expires.
    #[must_use]
    pub fn new(name: impl Into<String>, scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self {
            name: name.into(),
            scopes: scopes.into_iter().collect(),
            expires_at: None,
        }
    }

    fn check(&self, now: Timestamp) -> Result<()> {
        check::line("name", &self.name, KEY_NAME_BYTES_MAX)?;
        check::count("scopes", self.scopes.len(), SCOPES_MAX)?;
        if self.scopes.is_empty() {
            return Err(Error::invalid("scopes", "must name one at least"));
        }
        match self.expires_at {
            Some(at) if at <= now => Err(Error::invalid("expires_at", "must lie ahead")),
            _ => Ok(()),
        }
    }

    fn sorted_scopes(&self) -> Result<JsonText> {
        let mut scopes = self.scopes.clone();
        scopes.sort_unstable_by_key(|scope| scope.as_str());
        scopes.dedup();
        JsonText::from_value("scopes", &scopes)
    }
}

/// A key that has just got its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// The key.
    pub key: Key,
    /// Its text: this is the only moment at which it is known.
    pub secret: Secret,
}

/// Makes a key.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a name, scopes or an expiry
/// that are not as they must be; and what the database answers.
pub fn create(tx: &mut Tx<'_>, now: Timestamp, new: &NewKey) -> Result<Issued> {
    new.check(now)?;
    let id = Id::new(now);
    let (secret, hash) = generate(id)?;
    let sql = "INSERT INTO tg_key (id, name, scopes, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)";
    let scopes = new.sorted_scopes()?;
    let row = (id, &*new.name, scopes, hash.as_bytes(), now, new.expires_at);
    tx.execute(sql, row)?;
    let key = get(tx, id)?;
    Ok(Issued { key, secret })
}

/// A new secret for a key.
pub(super) fn generate(id: Id) -> Result<(Secret, Hash)> {
    Secret::generate(id)
        .map_err(|error| Error::from(tidegate::Error::application(error.to_string())))
}

/// Whether there is any key, whatever its state: who finds none is the first to come.
///
/// # Errors
/// What the database answers.
pub fn has_any(tx: &mut ReadTx<'_>) -> Result<bool> {
    Ok(tx.query_scalar("SELECT EXISTS (SELECT 1 FROM tg_key)", ())?)
}

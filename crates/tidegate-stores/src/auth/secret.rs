//! The text of a key: made, taken apart, hashed.

#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::id::Id;

const PREFIX: &str = "tg_live_";
/// An id as hexadecimal digits.
const ID_CHARS: usize = 32;
/// The random part, in bytes.
const RANDOM_BYTES: usize = 32;

/// The whole text of a key. It is told once, when the key is made, and does not show in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

/// What is kept of a secret.
#[derive(Clone)]
pub(super) struct Hash(Vec<u8>);

impl Secret {
    /// The text, `tg_live_<id>_<secret>`: for whoever is to use the key, and for nobody else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A new one for the key `id`, with its hash.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub(super) fn generate(id: Id) -> Result<(Self, Hash), getrandom::Error> {
        let mut random = [0; RANDOM_BYTES];
        getrandom::fill(&mut random)?;
        let random = URL_SAFE_NO_PAD.encode(random);
        let hash = Hash::of(&random);
        let digits = id.to_string().replace('-', "");
        Ok((Self(format!("{PREFIX}{digits}_{random}").into()), hash))
    }
}

impl Hash {
    pub(super) fn of(random: &str) -> Self {
        Self(Sha256::digest(random.as_bytes()).to_vec())
    }

    pub(super) fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in a time that does not depend on where the two differ.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The id and the hash of a text that has the form of a key.
pub(super) fn take_apart(text: &str) -> Option<(Id, Hash)> {
    let (id, random) = text.strip_prefix(PREFIX)?.split_at_checked(ID_CHARS)?;
    let random = random.strip_prefix('_')?;
    let id = Id::parse(id).ok()?;
    Some((id, Hash::of(random)))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

//! A short stable name for a name with labels.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tidegate::{Param, ToParam};

use crate::labels::Labels;

const BYTES: usize = 16;

/// 128 bits that stand for a name with its labels: the same in every process, on every machine, for ever.
///
/// The first 16 bytes of the SHA-256 of the name, one NUL, and the canonical JSON text of the labels. Its text is 32
/// hexadecimal digits; it is stored as a BLOB of 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint([u8; BYTES]);

impl Fingerprint {
    /// The fingerprint of a name with labels.
    #[must_use]
    pub fn of(name: &str, labels: &Labels) -> Self {
        let mut hash = Sha256::new();
        hash.update(name);
        hash.update([0]);
        hash.update(labels.to_json());
        Self::from_digest(&hash.finalize().into())
    }

    /// The first bytes of a SHA-256.
    pub(crate) fn from_digest(digest: &[u8; 32]) -> Self {
        let mut bytes = [0; BYTES];
        bytes.copy_from_slice(&digest[..BYTES]);
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Reads the text of 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_plain
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten();
        number.map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ToParam for Fingerprint {
    fn into_param(self) -> tidegate::Result<Param> {
        self.0.into_param()
    }
}

//! Ids that sort by time: UUID v7 of a given moment.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tidegate::{Param, ToParam};
use uuid::{NoContext, Uuid};

use crate::check::shown;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;

const MICROS_PER_SECOND: i64 = 1_000_000;
const NANOS_PER_MICRO: i64 = 1_000;
/// The bits after the version, which hold the fraction of the millisecond.
const FRACTION_BITS: u32 = 12;

/// A UUID v7: a moment to the microsecond and 62 random bits.
///
/// Ids sort by their moment, as bytes and as text; two of one microsecond sort by chance. Stored as a BLOB of 16 bytes,
/// and read back from a BLOB or from text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(Uuid);

impl Id {
    /// A new id of the moment `at`.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        let micros = at.as_micros();
        let seconds = u64::try_from(micros / MICROS_PER_SECOND).unwrap_or(0);
        let nanos = u32::try_from(micros % MICROS_PER_SECOND * NANOS_PER_MICRO).unwrap_or(0);
        let random = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos));
        Self(Uuid::from_bytes(with_fraction(random.into_bytes(), micros)))
    }

    /// Reads the text form, with or without hyphens.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for text that is no UUID.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed = Uuid::try_parse(text);
        parsed
            .map(Self)
            .map_err(|_| Error::invalid("id", format!("{} is no UUID", shown(text))))
    }

    /// The 16 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// Puts the microseconds within the millisecond where RFC 9562 (6.2, method 3) wants them, as a fraction of 4,096.
fn with_fraction(mut bytes: [u8; 16], micros: i64) -> [u8; 16] {
    let within = u16::try_from(micros.rem_euclid(1_000)).unwrap_or(0);
    let fraction = u32::from(within) * (1 << FRACTION_BITS) / 1_000;
    let [_, _, high, low] = fraction.to_be_bytes();
    bytes[6] = (bytes[6] & 0xf0) | (high & 0x0f);
    bytes[7] = low;
    bytes
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl ToParam for Id {
    fn into_param(self) -> tidegate::Result<Param> {
        self.0.into_bytes().into_param()
    }
}

//! Times as microseconds since 1970 UTC, the way they are stored: for `#[serde(with = "tidegate::micros")]`.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! #[derive(Serialize, Deserialize)]
//! struct Event {
//!     #[serde(with = "tidegate::micros")]
//!     at: std::time::SystemTime,
//!     #[serde(default, with = "tidegate::micros::option")]
//!     seen: Option<std::time::SystemTime>,
//! }
//! ```
//!
//! What is finer than a microsecond is cut off, towards the past.

#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serializer, de, ser};

const NANOS_PER_MICRO: u128 = 1_000;

/// Writes the time as an integer.
///
/// # Errors
/// If the time does not fit 64 bits of microseconds (some 292,000 years either way).
pub fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let micros =
        from_time(*time).ok_or_else(|| ser::Error::custom("the time does not fit microseconds"))?;
    serializer.serialize_i64(micros)
}

/// Reads the time from an integer.
///
/// # Errors
/// If it is not an integer, or beyond what the system can represent.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
    let micros = i64::deserialize(deserializer)?;
    to_time(micros)
        .ok_or_else(|| de::Error::custom("the time is beyond what the system can represent"))
}

/// Microseconds since 1970 UTC, negative before; `None` if they do not fit.
pub(crate) fn from_time(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).ok(),
        Err(before) => {
            let micros = before.duration().as_nanos().div_ceil(NANOS_PER_MICRO);
            i64::try_from(micros).ok().map(|micros| -micros)
        }
    }
}

pub(crate) fn to_time(micros: i64) -> Option<SystemTime> {
    let distance = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

/// The same for times that may be absent: NULL is `None`.
pub mod option {
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serializer, de};

    /// Writes the time as an integer, or nothing.
    ///
    /// # Errors
    /// As [`serialize`](super::serialize).
    #[expect(
        clippy::ref_option,
        reason = "serde hands over a reference to the field"
    )]
    pub fn serialize<S: Serializer>(
        time: &Option<SystemTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads the time from an integer, or nothing from NULL.
    ///
    /// # Errors
    /// As [`deserialize`](super::deserialize).
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        let micros = Option::<i64>::deserialize(deserializer)?;
        let beyond = || de::Error::custom("the time is beyond what the system can represent");
        micros
            .map(|micros| super::to_time(micros).ok_or_else(beyond))
            .transpose()
    }
}

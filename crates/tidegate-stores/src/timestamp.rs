//! A moment in UTC microseconds, with its text form of RFC 3339.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tidegate::{Param, ToParam};

use crate::check::shown;
use crate::error::{Error, Result};

/// A moment: microseconds since 1970-01-01 UTC, between that day and the year 9999.
///
/// It is stored as INTEGER, is (de)serialised as one, and reads and writes RFC 3339 as text. The stores never ask a
/// clock: they are given one of these.
///
/// ```
/// use std::time::Duration;
/// use tidegate_stores::Timestamp;
///
/// let noon = Timestamp::parse("2026-03-01T13:00:00.25+01:00")?;
/// assert_eq!(noon.to_string(), "2026-03-01T12:00:00.25Z");
/// assert_eq!(noon.saturating_add(Duration::from_secs(60)).as_micros() - noon.as_micros(), 60_000_000);
/// # Ok::<(), tidegate_stores::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const MIN: Self = Self(0);
    /// 9999-12-30T22:00:00.999999Z: the last moment that is in the year 9999 whatever the offset.
    pub const MAX: Self = Self(253_402_207_200_999_999);

    /// The moment so many microseconds after 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for one before 1970 or after 9999.
    pub fn from_micros(micros: i64) -> Result<Self> {
        match (Self::MIN.0..=Self::MAX.0).contains(&micros) {
            true => Ok(Self(micros)),
            false => Err(Error::invalid(
                "time",
                format!("must lie between 1970 and 9999; {micros} µs since 1970 does not"),
            )),
        }
    }

    /// The moment so many milliseconds after 1970-01-01 UTC.
    ///
    /// # Errors
    /// As [`from_micros`](Self::from_micros).
    pub fn from_millis(millis: i64) -> Result<Self> {
        Self::from_micros(millis.saturating_mul(1_000))
    }

    /// Reads RFC 3339: a date, a time, and `Z` or an offset. What is finer than a microsecond is cut off.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for text that is none, or outside 1970 to 9999.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed: jiff::Timestamp = text.parse().map_err(|_| {
            Error::invalid(
                "time",
                format!("{} is no time such as 2026-03-01T12:00:00Z", shown(text)),
            )
        })?;
        Self::from_micros(
            parsed
                .as_nanosecond()
                .div_euclid(1_000)
                .try_into()
                .unwrap_or(i64::MAX),
        )
    }

    /// Microseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970-01-01 UTC, the rest cut off.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0 / 1_000
    }

    /// This much later, and never after [`MAX`](Self::MAX).
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)).min(Self::MAX.0))
    }

    /// This much earlier, and never before [`MIN`](Self::MIN).
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)).max(Self::MIN.0))
    }

    /// How long ago `earlier` was; nothing if it lies ahead, as after a clock was set back.
    #[must_use]
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

/// Whole microseconds of a duration, as many as fit.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC, with as many digits of the second as it takes: `2026-03-01T12:00:00.25Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0) * 1_000;
        let time = jiff::Timestamp::from_nanosecond(nanos).map_err(|_| fmt::Error)?;
        time.fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl ToParam for Timestamp {
    fn into_param(self) -> tidegate::Result<Param> {
        self.0.into_param()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_micros(i64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

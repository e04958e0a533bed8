//! Moments as they go over the wire: RFC 3339, or milliseconds since 1970 where they come in.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use tidegate_stores::Timestamp;

/// A moment; written as RFC 3339 in UTC, read as that or as milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WireTime(pub(crate) Timestamp);

impl From<Timestamp> for WireTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WireTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl Reader {
    fn of_millis<E: de::Error>(millis: i64) -> Result<WireTime, E> {
        let at = Timestamp::from_millis(millis);
        at.map(WireTime).map_err(|error| E::custom(error.reason()))
    }
}

impl Visitor<'_> for Reader {
    type Value = WireTime;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a time such as 2026-03-01T12:00:00Z, or milliseconds since 1970")
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<WireTime, E> {
        Self::of_millis(millis)
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<WireTime, E> {
        Self::of_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WireTime, E> {
        if let Ok(millis) = text.parse() {
            return Self::of_millis(millis);
        }
        let at = Timestamp::parse(text);
        at.map(WireTime).map_err(|error| E::custom(error.reason()))
    }
}

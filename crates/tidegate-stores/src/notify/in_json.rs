//! Columns that hold JSON, and durations as microseconds.

use std::time::Duration;

use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer, Serialize};

/// The JSON text of lists and maps of texts, which always have one.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("invariant: lists and maps of texts have a JSON form")
}

/// Reads a column that holds the JSON text of a `T`.
pub(super) fn in_json<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map_err(de::Error::custom)
}

/// Reads a column that holds microseconds.
pub(super) fn in_micros<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    i64::deserialize(deserializer).map(span)
}

/// Microseconds as a duration.
pub(super) fn span(micros: i64) -> Duration {
    Duration::from_micros(micros.unsigned_abs())
}

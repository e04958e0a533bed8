//! Durations in configuration files, as people write them: `"1h 30m"`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

#[cfg(test)]
mod tests;

pub(crate) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&humantime::format_duration(*duration))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|error| de::Error::custom(format_args!("`{text}` is no duration: {error}")))
}

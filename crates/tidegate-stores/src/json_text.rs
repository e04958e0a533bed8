//! JSON documents that are kept as text.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize, de};
use tidegate::{Param, ToParam};

use crate::check;
use crate::error::{Error, Result};

/// The longest document, in bytes.
pub const JSON_BYTES_MAX: usize = 64 << 10;
/// How deep a document may be nested: as deep as it can be read again.
const LEVELS_MAX: usize = 127;

/// A JSON document as text: checked, not interpreted.
///
/// At most [`JSON_BYTES_MAX`] bytes and 127 levels deep. It keeps the text as it was given, and is (de)serialised as that
/// text; what is no document is no value of it either.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct JsonText(Box<str>);

impl JsonText {
    /// Takes over a document; `field` is what errors call it.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for text that is not one JSON document, with the byte offset as
    /// [`position`](Error::position); [`Limit`](crate::ErrorKind::Limit) for one that is too long or too deep.
    pub fn parse(field: &'static str, text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        check::length(field, &text, JSON_BYTES_MAX)?;
        match serde_json::from_str::<IgnoredAny>(&text) {
            Ok(_) if levels(&text) > LEVELS_MAX => Err(Error::limit(
                field,
                format!("at most {LEVELS_MAX} levels deep"),
            )),
            Ok(_) => Ok(Self(text.into())),
            Err(error) => {
                Err(Error::invalid(field, format!("is not JSON: {error}"))
                    .at(offset(&text, &error)))
            }
        }
    }

    /// The document of a value.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), for a value that has no JSON form: maps whose keys are no text, for instance.
    pub fn from_value(field: &'static str, value: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_string(value)
            .map_err(|error| Error::invalid(field, format!("has no JSON form: {error}")))?;
        Self::parse(field, text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The document as a `T`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it is none; `field` is what the error calls it.
    pub fn decode<T: DeserializeOwned>(&self, field: &'static str) -> Result<T> {
        serde_json::from_str(&self.0)
            .map_err(|error| Error::invalid(field, format!("has another shape: {error}")))
    }
}

/// How deep a document is nested.
fn levels(document: &str) -> usize {
    let (mut level, mut deepest) = (0_usize, 0);
    let (mut is_in_text, mut is_escaped) = (false, false);
    for byte in document.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_in_text = !is_in_text,
            _ if is_in_text => {}
            b'[' | b'{' => level += 1,
            b']' | b'}' => level = level.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(level);
    }
    deepest
}

/// The byte offset of the line and column that serde_json tells.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let before: usize = lines.map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len())
}

impl fmt::Display for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse("json", text).map_err(de::Error::custom)
    }
}

impl ToParam for JsonText {
    fn into_param(self) -> tidegate::Result<Param> {
        self.0.into_param()
    }
}

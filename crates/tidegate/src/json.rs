//! JSON documents in a column (feature `json`).

#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::error::{Error as TidegateError, ErrorKind, Result};
use crate::params::{Param, ToParam};

/// By this name our deserializer knows that a text is to be read as JSON.
pub(crate) const TOKEN: &str = "$tidegate::Json";

/// A `T` stored as JSON text.
///
/// As a parameter it is written, as a column it is read; in any other format it is just its `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToParam for Json<T> {
    fn into_param(self) -> Result<Param> {
        let text = serde_json::to_string(&self.0).map_err(|error| not_written(&error))?;
        text.into_param()
    }
}

/// The serializer's own text may quote the value.
#[cold]
fn not_written(error: &serde_json::Error) -> TidegateError {
    TidegateError::new(
        ErrorKind::Conversion,
        format!(
            "the value cannot be written as JSON ({:?})",
            error.classify()
        ),
    )
}

impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TOKEN, JsonVisitor(PhantomData))
    }
}

struct JsonVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for JsonVisitor<T> {
    type Value = Json<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in TEXT")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json<T>, E> {
        serde_json::from_str(text)
            .map(Json)
            .map_err(|error| not_read(&error))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Json<T>, D::Error> {
        T::deserialize(deserializer).map(Json)
    }
}

/// The place and the sort of fault only: the parser's own text may quote the value.
#[cold]
fn not_read<E: Error>(error: &serde_json::Error) -> E {
    let what = match error.classify() {
        serde_json::error::Category::Data => "JSON of the wanted shape",
        serde_json::error::Category::Eof => "JSON that does not break off",
        _ => "well-formed JSON",
    };
    let expected = format!(
        "{what} (fails at line {}, column {})",
        error.line(),
        error.column()
    );
    E::invalid_value(Unexpected::Other("other text"), &expected.as_str())
}

//! The canonical JSON text of a set of labels, and the way back.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use tidegate::{Param, ToParam};

use super::{FIELD, Labels};
use crate::error::{Error, Result};

impl Labels {
    /// The canonical JSON text: an object whose names are sorted, without white space.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&Object(self)).expect("invariant: texts always have a JSON form")
    }

    /// Reads a JSON object of texts, in any order.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for anything else; otherwise as [`new`](Self::new).
    pub fn from_json(text: &str) -> Result<Self> {
        let pairs: Pairs = serde_json::from_str(text).map_err(|error| {
            Error::invalid(FIELD, format!("must be a JSON object of texts: {error}"))
        })?;
        Self::new(pairs.0)
    }
}

struct Object<'a>(&'a Labels);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for label in self.0 {
            map.serialize_entry(label.name(), label.value())?;
        }
        map.end()
    }
}

/// The members of an object in their order, the same name any number of times.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

impl ToParam for Labels {
    fn into_param(self) -> tidegate::Result<Param> {
        self.to_json().into_param()
    }
}

/// From a column that holds the JSON text.
impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the JSON text of labels")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Labels, E> {
        Labels::from_json(text).map_err(E::custom)
    }
}

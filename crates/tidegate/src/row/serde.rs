//! The owned row through serde: as itself from a result, as a map from and to anything else.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Row;
use crate::decode::{Cells, Columns, Fault, read_value};
use crate::value::ValueRef;

/// By this name our deserializer knows that a whole row is wanted.
pub(crate) const TOKEN: &str = "$tidegate::Row";

thread_local! {
    /// From our deserializer to [`RowVisitor`], within one call: serde has no way to pass a value as it is.
    static HANDED_OVER: Cell<Option<Row>> = const { Cell::new(None) };
}

impl Row {
    pub(crate) fn from_cells<'de>(cells: impl Cells<'de>) -> Result<Self, Fault> {
        let values = (0..cells.len()).map(|index| read_value(cells, index).map(ValueRef::to_owned));
        Ok(Self::new(
            Arc::clone(cells.columns()),
            values.collect::<Result<_, _>>()?,
        ))
    }

    pub(crate) fn hand_over(self) {
        HANDED_OVER.set(Some(self));
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TOKEN, RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Row, E> {
        HANDED_OVER
            .take()
            .ok_or_else(|| E::custom("a row cannot be read from nothing"))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut names: Vec<String> = Vec::new();
        let mut values = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            names.push(name);
            values.push(value);
        }
        let columns: Columns = names.iter().collect();
        match columns.duplicate() {
            Some(_) => Err(A::Error::custom("two columns of a row have the same name")),
            None => Ok(Row::new(Arc::new(columns), values)),
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

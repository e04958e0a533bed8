//! A row as a deserializer: what a type asks for decides how its columns are read.

use rusqlite::types::ValueRef;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Cells;
use super::cell::{self, Cell};
use super::fault::Fault;
use crate::row::{Row, TOKEN};

/// By position, by name, or the only column.
pub(super) struct RowDeserializer<C>(pub(super) C);

impl<'de, C: Cells<'de>> RowDeserializer<C> {
    #[inline]
    fn by_position<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(ByPosition {
            cells: self.0,
            next: 0,
            count: self.0.len(),
        })
    }

    #[inline]
    fn by_name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(ByName {
            cells: self.0,
            next: 0,
            count: self.0.len(),
        })
    }

    #[inline]
    fn only(&self) -> Result<Cell<C>, Fault> {
        match self.0.len() {
            1 => Ok(Cell {
                cells: self.0,
                index: 0,
            }),
            count => Err(Fault::count(1, count)),
        }
    }

    fn is_one_null(&self) -> bool {
        self.0.len() == 1 && matches!(self.0.get(0), ValueRef::Null)
    }

    fn is_one_blob(&self) -> bool {
        self.0.len() == 1 && matches!(self.0.get(0), ValueRef::Blob(_))
    }
}

macro_rules! only_column {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Fault> {
            let column = self.only()?;
            column.$method($($argument,)* visitor).map_err(|fault| cell::locate(fault, self.0, 0))
        }
    )*};
}

impl<'de, C: Cells<'de>> Deserializer<'de> for RowDeserializer<C> {
    type Error = Fault;

    only_column! {
        deserialize_bool()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64()
        deserialize_char() deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf()
        deserialize_unit() deserialize_unit_struct(name: &'static str)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier()
    }

    /// Whatever fits: the only column's value, or else a map.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.only() {
            Ok(column) => column
                .deserialize_any(visitor)
                .map_err(|fault| cell::locate(fault, self.0, 0)),
            Err(_) => self.deserialize_map(visitor),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_one_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == TOKEN {
            Row::from_cells(self.0)?.hand_over();
            return visitor.visit_unit();
        }
        #[cfg(feature = "json")]
        if name == crate::json::TOKEN {
            let column = self.only()?;
            return column
                .deserialize_str(visitor)
                .map_err(|fault| cell::locate(fault, self.0, 0));
        }
        visitor.visit_newtype_struct(self)
    }

    /// The bytes of the only column, or all columns in order.
    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.only() {
            Ok(column) => column
                .deserialize_seq(visitor)
                .map_err(|fault| cell::locate(fault, self.0, 0)),
            Err(_) => self.by_position(visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0.len() {
            count if count == length => self.by_position(visitor),
            _ if self.is_one_blob() => self.deserialize_seq(visitor),
            count => Err(Fault::count(length, count)),
        }
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.columns().duplicate() {
            Some(column) => Err(Fault::duplicate(column)),
            None => self.by_name(visitor),
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.by_name(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

struct ByPosition<C> {
    cells: C,
    next: usize,
    count: usize,
}

impl<'de, C: Cells<'de>> SeqAccess<'de> for ByPosition<C> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.next == self.count {
            return Ok(None);
        }
        let index = self.next;
        self.next += 1;
        cell::read(self.cells, index, seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.count - self.next)
    }
}

/// Keys are the columns' names: the type itself matches them, with its renames, aliases and defaults.
struct ByName<C> {
    cells: C,
    next: usize,
    count: usize,
}

impl<'de, C: Cells<'de>> MapAccess<'de> for ByName<C> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.next == self.count {
            return Ok(None);
        }
        let name = self.cells.name(self.next);
        seed.deserialize(BorrowedStrDeserializer::new(name))
            .map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let index = self.next;
        self.next += 1;
        cell::read(self.cells, index, seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.count - self.next)
    }
}

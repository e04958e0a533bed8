//! One cell as a deserializer: read only when its content is wanted.

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use super::Cells;
use super::fault::Fault;
use super::value::ValueDeserializer;
use crate::value::ValueRef;

/// Reads one cell; an error says which column it was.
#[inline]
pub(super) fn read<'de, C: Cells<'de>, S: DeserializeSeed<'de>>(
    cells: C,
    index: usize,
    seed: S,
) -> Result<S::Value, Fault> {
    seed.deserialize(Cell { cells, index })
        .map_err(|fault| locate(fault, cells, index))
}

/// The content of one cell as it is.
pub(crate) fn read_value<'de>(
    cells: impl Cells<'de>,
    index: usize,
) -> Result<ValueRef<'de>, Fault> {
    ValueDeserializer(cells.get(index))
        .into_value()
        .map_err(|fault| locate(fault, cells, index))
}

#[cold]
pub(super) fn locate<'de>(fault: Fault, cells: impl Cells<'de>, index: usize) -> Fault {
    fault.in_cell(index, cells.columns(), cells.get(index))
}

pub(super) struct Cell<C> {
    pub(super) cells: C,
    pub(super) index: usize,
}

impl<'de, C: Cells<'de>> Cell<C> {
    #[inline]
    fn value(&self) -> ValueDeserializer<'de> {
        ValueDeserializer(self.cells.get(self.index))
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Fault> {
            self.value().$method($($argument,)* visitor)
        }
    )*};
}

impl<'de, C: Cells<'de>> Deserializer<'de> for Cell<C> {
    type Error = Fault;

    forward! {
        deserialize_any() deserialize_bool()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64()
        deserialize_char() deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf()
        deserialize_option() deserialize_unit() deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq() deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_map() deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier()
    }

    /// A long text that nobody wants is not even loaded from the file.
    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

//! One value of SQLite as a deserializer.

use rusqlite::types::ValueRef;
use serde::de::value::{BorrowedStrDeserializer, U8Deserializer};
use serde::de::{DeserializeSeed, Deserializer, Expected, SeqAccess, Visitor};

use super::fault::Fault;
use crate::value::ValueRef as Plain;

/// Strict: no value becomes one of another kind, except INTEGER 0 and 1 a `bool`, and INTEGER a float of the same
/// value.
pub(super) struct ValueDeserializer<'de>(pub(super) ValueRef<'de>);

impl<'de> ValueDeserializer<'de> {
    pub(super) fn into_value(self) -> Result<Plain<'de>, Fault> {
        Ok(match self.0 {
            ValueRef::Null => Plain::Null,
            ValueRef::Integer(integer) => Plain::Integer(integer),
            ValueRef::Real(real) => Plain::Real(real),
            ValueRef::Text(bytes) => Plain::Text(utf8(bytes)?),
            ValueRef::Blob(bytes) => Plain::Blob(bytes),
        })
    }

    #[inline]
    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Integer(integer) => visitor.visit_i64(integer),
            _ => Err(Fault::mismatch(&visitor)),
        }
    }

    #[inline]
    fn float<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Real(real) => visitor.visit_f64(real),
            ValueRef::Integer(integer) => match exact(integer) {
                Some(real) => visitor.visit_f64(real),
                None => Err(Fault::content(&visitor)),
            },
            _ => Err(Fault::mismatch(&visitor)),
        }
    }

    #[inline]
    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Text(bytes) => visitor.visit_borrowed_str(utf8(bytes)?),
            _ => Err(Fault::mismatch(&visitor)),
        }
    }

    #[inline]
    fn blob(&self, expected: &dyn Expected) -> Result<&'de [u8], Fault> {
        match self.0 {
            ValueRef::Blob(bytes) => Ok(bytes),
            _ => Err(Fault::mismatch(expected)),
        }
    }

    /// The bytes of a blob one by one, for `Vec<u8>` and `[u8; N]`.
    #[inline]
    fn bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let bytes = self.blob(&visitor)?;
        let mut items = Bytes(bytes.iter());
        let value = visitor.visit_seq(&mut items)?;
        match items.0.len() {
            0 => Ok(value),
            left => Err(Fault::too_long(bytes.len() - left, bytes.len())),
        }
    }
}

macro_rules! methods {
    ($($target:ident: $($method:ident)*;)*) => {$($(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.$target(visitor)
        }
    )*)*};
}

impl<'de> Deserializer<'de> for ValueDeserializer<'de> {
    type Error = Fault;

    methods! {
        integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128;
        float: deserialize_f32 deserialize_f64;
        text: deserialize_string deserialize_char;
        bytes: deserialize_seq;
        deserialize_any: deserialize_identifier;
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Null => visitor.visit_unit(),
            ValueRef::Integer(integer) => visitor.visit_i64(integer),
            ValueRef::Real(real) => visitor.visit_f64(real),
            ValueRef::Text(bytes) => visitor.visit_borrowed_str(utf8(bytes)?),
            ValueRef::Blob(bytes) => visitor.visit_borrowed_bytes(bytes),
        }
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Integer(0) => visitor.visit_bool(false),
            ValueRef::Integer(1) => visitor.visit_bool(true),
            ValueRef::Integer(_) => Err(Fault::content(&visitor)),
            _ => Err(Fault::mismatch(&visitor)),
        }
    }

    /// Types with a text form that are stored as bytes (UUIDs) ask for text and take both.
    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Blob(bytes) => visitor.visit_borrowed_bytes(bytes),
            _ => self.text(visitor),
        }
    }

    #[inline]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let bytes = self.blob(&visitor)?;
        visitor.visit_borrowed_bytes(bytes)
    }

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    #[inline]
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Null => visitor.visit_unit(),
            _ => Err(Fault::mismatch(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        #[cfg(feature = "json")]
        if name == crate::json::TOKEN {
            return self.text(visitor);
        }
        let _ = name;
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.bytes(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.bytes(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        Err(Fault::mismatch(&visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        Err(Fault::mismatch(&visitor))
    }

    /// Variants without content are stored as their names.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            ValueRef::Text(bytes) => visitor.visit_enum(BorrowedStrDeserializer::new(utf8(bytes)?)),
            _ => Err(Fault::mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// The bytes of a blob, one by one.
struct Bytes<'de>(std::slice::Iter<'de, u8>);

impl<'de> SeqAccess<'de> for Bytes<'de> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        self.0
            .next()
            .map(|byte| seed.deserialize(U8Deserializer::new(*byte)))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

#[inline]
fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::encoding())
}

/// The integer as a float, unless it would become another number.
#[inline]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the way back is compared"
)]
fn exact(integer: i64) -> Option<f64> {
    let real = integer as f64;
    (real as i128 == i128::from(integer)).then_some(real)
}

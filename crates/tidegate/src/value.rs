//! SQLite's values: owned, and borrowed from a row.

mod serde;
#[cfg(test)]
mod tests;

use std::fmt;

use rusqlite::types as sqlite;

/// A value of one of SQLite's five storage classes.
///
/// Its debug output shows the content; that of [`Params`](crate::Params) does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// NULL.
    #[default]
    Null,
    /// A signed integer of 64 bits.
    Integer(i64),
    /// A float of 64 bits, never NaN when it comes from SQLite.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A value that still belongs to SQLite: valid until the next row is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// NULL.
    Null,
    /// A signed integer of 64 bits.
    Integer(i64),
    /// A float of 64 bits.
    Real(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl Value {
    /// The name of the storage class: `NULL`, `INTEGER`, `REAL`, `TEXT` or `BLOB`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.as_ref().type_name()
    }

    /// Whether this is NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A borrowed view.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }
    }

    /// Text or bytes held outside the value itself, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
            Self::Null | Self::Integer(_) | Self::Real(_) => 0,
        }
    }

    pub(crate) fn to_sqlite(&self) -> sqlite::ValueRef<'_> {
        match self {
            Self::Null => sqlite::ValueRef::Null,
            Self::Integer(integer) => sqlite::ValueRef::Integer(*integer),
            Self::Real(real) => sqlite::ValueRef::Real(*real),
            Self::Text(text) => sqlite::ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => sqlite::ValueRef::Blob(bytes),
        }
    }
}

impl ValueRef<'_> {
    /// The name of the storage class: `NULL`, `INTEGER`, `REAL`, `TEXT` or `BLOB`.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer(_) => "INTEGER",
            Self::Real(_) => "REAL",
            Self::Text(_) => "TEXT",
            Self::Blob(_) => "BLOB",
        }
    }

    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(integer) => Value::Integer(integer),
            Self::Real(real) => Value::Real(real),
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Blob(bytes) => Value::Blob(bytes.to_owned()),
        }
    }
}

/// A type and a size, for debug output that must not show the content.
pub(crate) struct Shape<'a>(pub(crate) ValueRef<'a>);

impl fmt::Debug for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ValueRef::Text(text) => write!(f, "TEXT({} bytes)", text.len()),
            ValueRef::Blob(bytes) => write!(f, "BLOB({} bytes)", bytes.len()),
            plain => f.write_str(plain.type_name()),
        }
    }
}

macro_rules! from_integer {
    ($($from:ty),*) => {$(
        impl From<$from> for Value {
            fn from(integer: $from) -> Self {
                Self::Integer(i64::from(integer))
            }
        }
    )*};
}

from_integer!(i8, i16, i32, i64, u8, u16, u32, bool);

macro_rules! from_other {
    ($($from:ty => |$value:ident| $to:expr),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        }
    )*};
}

from_other! {
    f32 => |real| Self::Real(f64::from(real)),
    f64 => |real| Self::Real(real),
    String => |text| Self::Text(text),
    &str => |text| Self::Text(text.to_owned()),
    Vec<u8> => |bytes| Self::Blob(bytes),
    &[u8] => |bytes| Self::Blob(bytes.to_owned()),
    ValueRef<'_> => |value| value.to_owned(),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

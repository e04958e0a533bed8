//! Which Rust types can be a parameter, and how they are stored.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use super::param::{Param, Slot};
use crate::error::{Conversion, Error, Result};
use crate::value::{Value, ValueRef};

/// A Rust value that SQLite can store as one parameter, without loss.
///
/// | Rust | SQLite |
/// |---|---|
/// | integers | INTEGER; refused beyond 64 signed bits |
/// | `f32`, `f64` | REAL; NaN is refused, for SQLite would make it NULL |
/// | `bool` | INTEGER 0 or 1 |
/// | `str`, `String`, `Cow<str>`, `Box<str>`, `Arc<str>`, `char` | TEXT |
/// | `[u8]`, `Vec<u8>`, `[u8; N]` | BLOB |
/// | `Option<T>` | NULL for `None` |
/// | `SystemTime` | INTEGER, microseconds since 1970 UTC; read back with [`micros`](crate::micros) |
/// | `uuid::Uuid` (feature `uuid`) | BLOB of 16 bytes |
/// | `Json<T>` (feature `json`) | TEXT |
/// | [`list`](crate::list) | the argument of `rarray` |
/// | [`ZeroBlob`](crate::ZeroBlob) | BLOB |
///
/// Implement it for your own types by delegating to one of these.
pub trait ToParam {
    /// Takes the value over.
    ///
    /// # Errors
    /// [`Conversion`](crate::ErrorKind::Conversion) if SQLite cannot store the value without loss.
    fn into_param(self) -> Result<Param>;
}

macro_rules! infallible {
    ($($type:ty),* $(,)?) => {$(
        impl ToParam for $type {
            #[inline]
            fn into_param(self) -> Result<Param> {
                Ok(Param(Slot::Value(Value::from(self))))
            }
        }
    )*};
}

infallible!(
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    bool,
    String,
    Vec<u8>,
    &[u8],
    ValueRef<'_>
);

macro_rules! checked_integer {
    ($($type:ty),*) => {$(
        impl ToParam for $type {
            #[inline]
            fn into_param(self) -> Result<Param> {
                i64::try_from(self).map_or_else(|_| Err(too_large(stringify!($type))), ToParam::into_param)
            }
        }
    )*};
}

checked_integer!(isize, usize, u64, i128, u128);

macro_rules! checked_float {
    ($($type:ty),*) => {$(
        impl ToParam for $type {
            #[inline]
            fn into_param(self) -> Result<Param> {
                real(f64::from(self))
            }
        }
    )*};
}

checked_float!(f32, f64);

impl ToParam for Value {
    #[inline]
    fn into_param(self) -> Result<Param> {
        match self {
            Self::Real(float) => real(float),
            other => Ok(Param(Slot::Value(other))),
        }
    }
}

impl ToParam for &str {
    #[inline]
    fn into_param(self) -> Result<Param> {
        Ok(Param::text(self))
    }
}

impl ToParam for Cow<'_, str> {
    fn into_param(self) -> Result<Param> {
        match self {
            Cow::Borrowed(text) => text.into_param(),
            Cow::Owned(text) => text.into_param(),
        }
    }
}

impl ToParam for Box<str> {
    fn into_param(self) -> Result<Param> {
        self.into_string().into_param()
    }
}

impl ToParam for Arc<str> {
    fn into_param(self) -> Result<Param> {
        Ok(Param(Slot::SharedText(self)))
    }
}

impl ToParam for char {
    fn into_param(self) -> Result<Param> {
        Ok(Param::text(self.encode_utf8(&mut [0; 4])))
    }
}

impl<const N: usize> ToParam for [u8; N] {
    fn into_param(self) -> Result<Param> {
        self.as_slice().into_param()
    }
}

impl<T: ToParam> ToParam for Option<T> {
    #[inline]
    fn into_param(self) -> Result<Param> {
        self.map_or(Ok(Param(Slot::Value(Value::Null))), ToParam::into_param)
    }
}

impl<T: ToParam + Clone> ToParam for &T {
    #[inline]
    fn into_param(self) -> Result<Param> {
        self.clone().into_param()
    }
}

impl ToParam for Param {
    fn into_param(self) -> Result<Param> {
        Ok(self)
    }
}

impl ToParam for SystemTime {
    fn into_param(self) -> Result<Param> {
        let micros = crate::micros::from_time(self)
            .ok_or_else(|| too_large("time in microseconds since 1970"))?;
        micros.into_param()
    }
}

#[cfg(feature = "uuid")]
impl ToParam for uuid::Uuid {
    fn into_param(self) -> Result<Param> {
        self.into_bytes().into_param()
    }
}

#[inline]
fn real(float: f64) -> Result<Param> {
    if float.is_nan() {
        return Err(refused(
            "REAL",
            "NaN",
            "NaN cannot be stored: SQLite would make it NULL".to_owned(),
        ));
    }
    Ok(Param(Slot::Value(Value::Real(float))))
}

#[cold]
fn too_large(found: &str) -> Error {
    refused(
        "INTEGER",
        found,
        format!("the {found} does not fit SQLite's INTEGER of 64 signed bits"),
    )
}

pub(crate) fn refused(expected: &str, found: &str, message: String) -> Error {
    let conversion = Conversion {
        index: None,
        name: None,
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    Error::conversion_failed(conversion, message)
}

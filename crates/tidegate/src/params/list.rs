//! Parameters that are no plain value: lists, and blobs of zeroes.

use std::fmt;
use std::sync::Arc;

use rusqlite::types as sqlite;

use super::ToParam;
use super::param::{Param, Slot};
use crate::error::{Error, Result};
use crate::value::Value;

/// A list of values bound as one parameter, made by [`list`].
pub struct List(Result<Vec<sqlite::Value>>);

/// The length only: contents may be secret.
impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(items) => write!(f, "LIST({} items)", items.len()),
            Err(refused) => f.debug_tuple("List").field(refused).finish(),
        }
    }
}

/// A list of values for `IN`, bound as one parameter: `WHERE id IN rarray(?1)`.
///
/// The statement's text does not depend on the list's length, so that it is prepared once. An empty list matches
/// nothing.
#[must_use]
pub fn list<T: ToParam>(values: impl IntoIterator<Item = T>) -> List {
    let numbered = values.into_iter().enumerate();
    List(
        numbered
            .map(|(index, value)| {
                item(value).map_err(|error| error.context(format!("list item {index}")))
            })
            .collect(),
    )
}

/// A blob of this many zero bytes, to be filled in later by incremental I/O. Takes no memory until it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZeroBlob(pub u64);

impl ToParam for List {
    fn into_param(self) -> Result<Param> {
        Ok(Param(Slot::List(Arc::new(self.0?))))
    }
}

impl ToParam for ZeroBlob {
    fn into_param(self) -> Result<Param> {
        Ok(Param(Slot::Zeroes(self.0)))
    }
}

fn item<T: ToParam>(value: T) -> Result<sqlite::Value> {
    let param = value.into_param()?;
    match param.0 {
        Slot::Value(Value::Text(text)) => Ok(sqlite::Value::Text(text)),
        Slot::Value(Value::Blob(bytes)) => Ok(sqlite::Value::Blob(bytes)),
        Slot::Zeroes(_) | Slot::List(_) => Err(Error::misuse("a list holds plain values only")),
        _ => owned(&param),
    }
}

fn owned(param: &Param) -> Result<sqlite::Value> {
    let value = param.plain().unwrap_or(sqlite::ValueRef::Null);
    sqlite::Value::try_from(value)
        .map_err(|_| Error::misuse("a list item is text that is not UTF-8"))
}

//! One parameter: a value ready to be bound.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use rusqlite::types as sqlite;

use crate::error::content;
use crate::value::{Shape, Value, ValueRef};

/// Texts up to this many bytes are kept in the parameter itself.
const INLINE_TEXT_BYTES: usize = 23;

/// One value, ready to be bound. Made by [`ToParam`](crate::ToParam).
#[derive(Clone)]
pub struct Param(pub(super) Slot);

#[derive(Clone)]
pub(super) enum Slot {
    Value(Value),
    /// Short texts are the commonest of all and need no allocation.
    ShortText {
        length: u8,
        bytes: [u8; INLINE_TEXT_BYTES],
    },
    SharedText(Arc<str>),
    Zeroes(u64),
    List(Arc<Vec<sqlite::Value>>),
}

/// Parameters are moved several times on their way to the connection's thread.
const _: () = assert!(size_of::<Param>() <= 4 * size_of::<u64>());

impl Param {
    pub(super) fn text(text: &str) -> Self {
        let mut bytes = [0; INLINE_TEXT_BYTES];
        let Some(inline) = bytes.get_mut(..text.len()) else {
            return Self(Slot::Value(Value::Text(text.to_owned())));
        };
        inline.copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).expect("invariant: it fits the inline bytes");
        Self(Slot::ShortText { length, bytes })
    }

    /// The value as SQLite takes it; `None` for a list or a run of zeroes, which are no plain values.
    pub(super) fn plain(&self) -> Option<sqlite::ValueRef<'_>> {
        match &self.0 {
            Slot::Value(value) => Some(value.to_sqlite()),
            Slot::ShortText { length, bytes } => {
                Some(sqlite::ValueRef::Text(&bytes[..usize::from(*length)]))
            }
            Slot::SharedText(text) => Some(sqlite::ValueRef::Text(text.as_bytes())),
            Slot::Zeroes(_) | Slot::List(_) => None,
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        match &self.0 {
            Slot::Value(value) => value.heap_bytes(),
            Slot::ShortText { .. } | Slot::Zeroes(_) => 0,
            Slot::SharedText(text) => text.len(),
            Slot::List(list) => list
                .iter()
                .map(|item| size_of::<sqlite::Value>() + content(item.into()).len())
                .sum(),
        }
    }

    /// The contents that must not show up in messages.
    pub(super) fn secrets(&self) -> Vec<Cow<'_, [u8]>> {
        match &self.0 {
            Slot::List(list) => list.iter().map(|item| content(item.into())).collect(),
            _ => self.plain().map(content).into_iter().collect(),
        }
    }
}

/// Type and size only.
impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Slot::Value(value) => Shape(value.as_ref()).fmt(f),
            Slot::ShortText { length, .. } => write!(f, "TEXT({length} bytes)"),
            Slot::SharedText(text) => Shape(ValueRef::Text(text)).fmt(f),
            Slot::Zeroes(length) => write!(f, "BLOB({length} zero bytes)"),
            Slot::List(list) => write!(f, "LIST({} items)", list.len()),
        }
    }
}

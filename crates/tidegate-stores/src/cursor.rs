//! Pages of a long list, and the opaque text that leads to the next one.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check;
use crate::error::{Error, Result};
use crate::labels::{LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX, LABELS_MAX};

/// The most items of one page.
pub const PAGE_ITEMS_MAX: usize = 1_000;

/// The longest text of a cursor, in bytes: room for a key of the longest labels.
const TEXT_BYTES_MAX: usize = 2 << 20;

/// A control character in a label's value takes so many bytes in the JSON text of the labels within that of a cursor.
const ESCAPED_BYTES_MAX: usize = r"\\u0001".len();
/// What stands around a label's name and value there.
const AROUND_LABEL_BYTES: usize = r#"\"\":\"\","#.len();
const LABEL_BYTES_MAX: usize =
    LABEL_NAME_BYTES_MAX + ESCAPED_BYTES_MAX * LABEL_VALUE_BYTES_MAX + AROUND_LABEL_BYTES;
/// Of four bytes in base64, three count; and there is more in a cursor than the labels, but not much.
const _: () = assert!(TEXT_BYTES_MAX / 4 * 3 > LABELS_MAX * LABEL_BYTES_MAX + 4_096);

/// Some items of a list, and where it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Leads to the items after these; `None` at the end of the list.
    pub next: Option<Cursor>,
}

/// Where a list goes on, as an opaque text of letters, digits, `-` and `_`.
///
/// It names the last item that was given, not a number of items: what is added or removed meanwhile neither repeats nor
/// hides others. It holds nothing secret, and keeps its meaning over restarts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(Box<str>);

impl Cursor {
    /// Takes a text back that a page gave out.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a text that no page gave out. Whether it belongs to the list
    /// that it is used with, that list checks.
    pub fn parse(text: &str) -> Result<Self> {
        let cursor = Self(text.into());
        cursor.content().map(|_| cursor)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cursor of the list `list` after the item with `key`, a tuple of what the list is sorted by.
    pub(crate) fn after(list: &'static str, key: &impl Serialize) -> Self {
        let content = serde_json::to_vec(&(list, key)).expect("invariant: keys are plain values");
        Self(URL_SAFE_NO_PAD.encode(content).into())
    }

    /// The key, if the cursor is one of the list `list`.
    pub(crate) fn key<K: DeserializeOwned>(&self, list: &'static str) -> Result<K> {
        let (of, key): (String, K) =
            serde_json::from_slice(&self.content()?).map_err(|_| unknown())?;
        match of == list {
            true => Ok(key),
            false => Err(Error::invalid("cursor", "it belongs to another list")),
        }
    }

    fn content(&self) -> Result<Vec<u8>> {
        check::length("cursor", &self.0, TEXT_BYTES_MAX)?;
        let content = URL_SAFE_NO_PAD.decode(&*self.0).map_err(|_| unknown())?;
        match serde_json::from_slice::<(String, serde::de::IgnoredAny)>(&content) {
            Ok(_) => Ok(content),
            Err(_) => Err(unknown()),
        }
    }
}

impl<T> Page<T> {
    /// The first `limit` of `items`, which hold one more where the list goes on.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> Cursor) -> Self {
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| goes_on).map(cursor);
        Self { items, next }
    }
}

#[cold]
fn unknown() -> Error {
    Error::invalid("cursor", "it is not one that was given out")
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

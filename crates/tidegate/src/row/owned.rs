//! The owned dynamic row.

use std::fmt;
use std::sync::Arc;

use ::serde::Deserialize;
use rusqlite::types::ValueRef as SqliteRef;

use super::ColumnIndex;
use crate::decode::{Cells, Columns, decode_cell, decode_cells};
use crate::error::Result;
use crate::value::Value;

/// A row of any shape. The rows of one result share their column names.
///
/// Where the shape is known, ask for a Rust type of your own instead of this one:
///
/// | Rust type | is read |
/// |---|---|
/// | tuple, array, tuple struct | by position; as many columns as it has fields |
/// | struct with `Deserialize` | by column name, spelled exactly so; other columns are ignored, a missing `Option` is `None` |
/// | map with text keys | by column name; the names must differ |
/// | number, `bool`, text, bytes, enum without content, newtype | from the only column |
/// | `Option<T>` | NULL is `None` |
///
/// and each column without any loss or guess:
///
/// | SQLite | Rust |
/// |---|---|
/// | NULL | `Option`, `()`, [`Value`] |
/// | INTEGER | integers it fits, floats that are equal to it, `bool` for 0 and 1, [`Value`] |
/// | REAL | floats, [`Value`] |
/// | TEXT in UTF-8 | text, `char`, an enum's variant by name, whatever serde reads from text, [`Value`] |
/// | BLOB | `Vec<u8>`, `[u8; N]`, `Uuid`, [`Value`] |
///
/// `Vec<u8>` is read byte by byte: for large blobs a type that asks serde for bytes (`serde_bytes`, [`Value`]) is faster.
///
/// ```
/// # fn f(row: tidegate::Row) -> tidegate::Result<()> {
/// let id: i64 = row.get("id")?;
/// let name: Option<&str> = row.get(1)?;
/// # let _ = (id, name);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Row {
    columns: Arc<Columns>,
    values: Vec<Value>,
}

impl Row {
    /// The value of one column as a `T`, which may borrow from the row.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) if there is no such column, [`Conversion`](crate::ErrorKind::Conversion)
    /// if its value is no `T`.
    pub fn get<'a, T: Deserialize<'a>>(&'a self, column: impl ColumnIndex) -> Result<T> {
        decode_cell(self, column.position_in(&self.columns)?)
    }

    /// The whole row as a `T`, as a query would have read it.
    ///
    /// # Errors
    /// [`Conversion`](crate::ErrorKind::Conversion) if the row is no `T`.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        decode_cells(self)
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The values in order.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values in order, taken out.
    #[must_use]
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.columns.iter().zip(&self.values)
    }

    pub(super) fn new(columns: Arc<Columns>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'de> Cells<'de> for &'de Row {
    fn len(self) -> usize {
        self.values.len()
    }

    fn get(self, index: usize) -> SqliteRef<'de> {
        self.values
            .get(index)
            .map_or(SqliteRef::Null, Value::to_sqlite)
    }

    fn columns(self) -> &'de Arc<Columns> {
        &self.columns
    }
}

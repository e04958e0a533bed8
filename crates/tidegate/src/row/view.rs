//! A row while SQLite still stands on it.

use std::fmt;

use serde::Deserialize;

use super::ColumnIndex;
use crate::decode::{
    Cells, ColumnNames, Columns, SqliteCells, decode_cell, decode_cells, decode_value,
};
use crate::error::Result;
use crate::value::ValueRef;

/// The current row of a running query, given to a closure. Nothing is copied before it is asked for.
#[derive(Clone, Copy)]
pub struct RowRef<'a> {
    cells: SqliteCells<'a>,
}

impl<'a> RowRef<'a> {
    pub(crate) fn new(row: &'a rusqlite::Row<'_>, names: &'a ColumnNames) -> Self {
        Self {
            cells: SqliteCells::new(row, names),
        }
    }

    /// The value of one column as a `T`, which may borrow from the row: `get::<&str>("name")` copies nothing.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) if there is no such column, [`Conversion`](crate::ErrorKind::Conversion)
    /// if its value is no `T`.
    pub fn get<T: Deserialize<'a>>(&self, column: impl ColumnIndex) -> Result<T> {
        decode_cell(self.cells, column.position_in(self.columns())?)
    }

    /// The value of one column as it is.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) if there is no such column, [`Conversion`](crate::ErrorKind::Conversion)
    /// if it holds text that is not UTF-8.
    pub fn value(&self, column: impl ColumnIndex) -> Result<ValueRef<'a>> {
        let index = column.position_in(self.columns())?;
        decode_value(self.cells, index)
    }

    /// The whole row as a `T`, as a query would have read it.
    ///
    /// # Errors
    /// [`Conversion`](crate::ErrorKind::Conversion) if the row is no `T`.
    pub fn decode<T: Deserialize<'a>>(&self) -> Result<T> {
        decode_cells(self.cells)
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &'a Columns {
        self.cells.columns()
    }
}

/// The columns' names only: contents may be secret.
impl fmt::Debug for RowRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowRef")
            .field("columns", self.columns())
            .finish_non_exhaustive()
    }
}

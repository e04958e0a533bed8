//! Rows into Rust types, by serde, on the thread that reads them.

mod cell;
mod cells;
mod columns;
mod fault;
mod row;
#[cfg(test)]
mod tests;
mod value;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use columns::Columns;

pub(crate) use cell::read_value;
pub(crate) use cells::{Cells, SqliteCells};
pub(crate) use columns::ColumnNames;
pub(crate) use fault::Fault;

use crate::error::Result;
use crate::value::ValueRef;

/// The row `T` stands for: by position for tuples, by column name for structs and maps, the only column for scalars.
///
/// `columns` belongs to one execution of one statement: a cached statement may have been prepared anew since.
///
/// # Errors
/// `Conversion`, naming the column and the types, never the value.
#[inline]
pub(crate) fn decode_row<T: DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    columns: &ColumnNames,
) -> Result<T> {
    decode_cells(SqliteCells::new(row, columns))
}

/// The same for any source of cells; `T` may borrow from it.
#[inline]
pub(crate) fn decode_cells<'de, T: Deserialize<'de>>(cells: impl Cells<'de>) -> Result<T> {
    T::deserialize(row::RowDeserializer(cells)).map_err(|fault| fault.in_row(cells))
}

/// One column of a row.
#[inline]
pub(crate) fn decode_cell<'de, T: Deserialize<'de>>(
    cells: impl Cells<'de>,
    index: usize,
) -> Result<T> {
    cell::read(cells, index, std::marker::PhantomData).map_err(|fault| fault.in_row(cells))
}

/// One column as it is.
pub(crate) fn decode_value<'de>(cells: impl Cells<'de>, index: usize) -> Result<ValueRef<'de>> {
    read_value(cells, index).map_err(|fault| fault.in_row(cells))
}

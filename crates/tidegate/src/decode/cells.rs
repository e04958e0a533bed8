//! Where the cells of a row come from: SQLite's current row, or an owned one.

use std::sync::Arc;

use rusqlite::types::ValueRef;

use super::{ColumnNames, Columns};

/// A row as a deserializer sees it.
pub(crate) trait Cells<'de>: Copy {
    fn len(self) -> usize;

    /// The cell at `index`, which is below [`len`](Cells::len).
    fn get(self, index: usize) -> ValueRef<'de>;

    fn columns(self) -> &'de Arc<Columns>;

    /// The name of the column at `index`, which is below [`len`](Cells::len).
    fn name(self, index: usize) -> &'de str {
        self.columns().get(index).unwrap_or_default()
    }
}

/// SQLite's current row.
#[derive(Clone, Copy)]
pub(crate) struct SqliteCells<'de> {
    row: &'de rusqlite::Row<'de>,
    names: &'de ColumnNames,
}

impl<'de> SqliteCells<'de> {
    #[inline]
    pub(crate) fn new(row: &'de rusqlite::Row<'_>, names: &'de ColumnNames) -> Self {
        Self { row, names }
    }
}

impl<'de> Cells<'de> for SqliteCells<'de> {
    #[inline]
    fn len(self) -> usize {
        self.row.as_ref().column_count()
    }

    #[inline]
    fn get(self, index: usize) -> ValueRef<'de> {
        self.row.get_ref(index).unwrap_or(ValueRef::Null)
    }

    #[inline]
    fn columns(self) -> &'de Arc<Columns> {
        self.names.of(self.row)
    }

    #[inline]
    fn name(self, index: usize) -> &'de str {
        self.names.name(self.row, index)
    }
}

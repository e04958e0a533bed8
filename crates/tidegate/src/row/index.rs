//! Columns by position or by name.

use crate::decode::Columns;
use crate::error::{Error, Result};

/// What names a column: a position counted from zero, or a name.
pub trait ColumnIndex: sealed::Sealed {
    #[doc(hidden)]
    fn position_in(&self, columns: &Columns) -> Result<usize>;
}

impl ColumnIndex for usize {
    fn position_in(&self, columns: &Columns) -> Result<usize> {
        if *self < columns.len() {
            return Ok(*self);
        }
        Err(Error::misuse(format!(
            "there is no column {self}; the row has {}",
            columns.len()
        )))
    }
}

impl ColumnIndex for &str {
    fn position_in(&self, columns: &Columns) -> Result<usize> {
        columns.position(self)
    }
}

impl ColumnIndex for &String {
    fn position_in(&self, columns: &Columns) -> Result<usize> {
        columns.position(self)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for usize {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

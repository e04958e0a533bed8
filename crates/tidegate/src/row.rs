//! Rows whose shape is known only at run time: owned, and borrowed while a closure looks at them.

mod index;
mod owned;
mod serde;
#[cfg(test)]
mod tests;
mod view;

pub use index::ColumnIndex;
pub use owned::Row;
pub use view::RowRef;

pub(crate) use serde::TOKEN;

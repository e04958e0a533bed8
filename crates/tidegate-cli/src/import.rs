//! Rows from a file into a table: read and converted on a thread of its own, a batch at a time.

mod column;
mod convert;
mod csv;
mod infer;
mod insert;
mod ndjson;
mod reader;
mod source;

pub(crate) use self::column::{Column, columns_of, create_table};
pub(crate) use self::insert::{Conflict, Insert};
pub(crate) use self::reader::{Bad, Batch, Layout, RowReader, Settings, open};
pub(crate) use self::source::{InputFormat, Source};

//! Non-blocking SQLite for async services.

mod decode;
mod error;
#[cfg(feature = "json")]
mod json;
pub mod micros;
mod params;
mod row;
mod value;

pub use decode::Columns;
pub use error::{Committed, Constraint, ConstraintKind, Conversion, Error, ErrorKind, Result, Timing};
#[cfg(feature = "json")]
pub use json::Json;
pub use params::{IntoParams, List, Param, Params, ToParam, ZeroBlob, list, named};
pub use row::{ColumnIndex, Row, RowRef};
pub use value::{Value, ValueRef};

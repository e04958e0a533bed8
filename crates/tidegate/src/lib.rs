//! Non-blocking SQLite for async services.

mod decode;
mod error;
mod histogram;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "encryption")]
mod key;
pub mod micros;
mod options;
mod params;
mod row;
mod stall;
mod stats;
mod value;

pub use decode::Columns;
pub use error::{Committed, Constraint, ConstraintKind, Conversion, Error, ErrorKind, Result, Timing};
#[cfg(feature = "json")]
pub use json::Json;
#[cfg(feature = "encryption")]
pub use key::Key;
pub use options::{Arity, Determinism, JournalMode, Options, Synchronous, TempStore};
pub use params::{
    IntoParams, List, NamedParams, Param, Params, ToParam, ZeroBlob, list, named,
};
pub use row::{ColumnIndex, Row, RowRef};
pub use stall::{StallMonitor, StallReport, StallTicker};
pub use stats::{
    CallClass, CallStats, CallsByClass, ErrorCounts, LaneStats, PoolStats, StatementStats, Stats,
    Summary, WalStats, WriterStats,
};
pub use value::{Value, ValueRef};

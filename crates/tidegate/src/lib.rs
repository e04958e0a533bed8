//! Non-blocking SQLite for async services.

mod authorizer;
mod backup;
mod batch;
mod blob;
pub mod blocking;
mod call;
mod cancel;
mod changes;
mod connection;
mod core;
mod current;
mod database;
mod decode;
mod draft;
#[cfg(feature = "encryption")]
mod encryption;
mod engine;
mod error;
mod ffi;
mod file_call;
mod histogram;
mod job;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "encryption")]
mod key;
mod keyring;
mod lane;
mod maintenance;
pub mod micros;
mod migrate;
mod options;
mod params;
mod reader;
mod redo;
mod row;
mod session;
mod slots;
mod stall;
mod statement;
mod stats;
mod stream;
mod sync;
mod timer;
mod transaction;
mod tx;
mod upkeep;
mod value;
mod wal;
mod watch;
mod writer;

pub use backup::{Backup, Progress};
pub use batch::Batch;
pub use blob::{BlobReader, BlobWriter};
pub use call::Call;
pub use cancel::CancelToken;
pub use changes::{Change, ChangeEvent, ChangeSet, Changes, Operation};
pub use database::{Closing, Database, Opening};
pub use decode::Columns;
pub use error::{
    Committed, Constraint, ConstraintKind, Conversion, Error, ErrorKind, Result, Timing,
};
pub use file_call::FileCall;
#[cfg(feature = "json")]
pub use json::Json;
#[cfg(feature = "encryption")]
pub use key::Key;
pub use migrate::{Migrated, Migration, Migrations, MigrationsStatus};
pub use options::{Arity, Determinism, JournalMode, Options, Synchronous, TempStore};
pub use params::{IntoParams, List, NamedParams, Param, Params, ToParam, ZeroBlob, list, named};
pub use row::{ColumnIndex, Row, RowRef};
pub use stall::{StallMonitor, StallReport, StallTicker};
pub use stats::{
    CallClass, CallStats, CallsByClass, ErrorCounts, LaneStats, PoolStats, StatementStats, Stats,
    Summary, WalStats, WriterStats,
};
pub use stream::{RowStream, SnapshotStream};
pub use transaction::{Begin, Savepoint, Snapshot, Transaction};
pub use tx::{ReadTx, Tx};
pub use value::{Value, ValueRef};
pub use wal::{Checkpoint, CheckpointMode};
pub use watch::Watch;

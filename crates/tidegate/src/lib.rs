//! Non-blocking SQLite for async services.
//!
//! No call blocks the caller's executor, no call outlasts its deadline, and no dropped future leaves a transaction open
//! or a write half done. Writes of concurrent callers share a commit, so that waiting for the disk at every commit, which is the
//! default, is affordable.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> tidegate::Result<()> {
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("app.db");
//! use std::time::Duration;
//! use tidegate::Database;
//!
//! let db = Database::open(path).await?;
//! db.execute_batch("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, pieces INTEGER NOT NULL)").await?;
//! db.execute("INSERT INTO item (name, pieces) VALUES (?, ?)", ("lamp", 3)).await?;
//!
//! let left = db
//!     .write(|tx| {
//!         tx.execute("UPDATE item SET pieces = pieces - 1 WHERE name = ?", ("lamp",))?;
//!         tx.query_scalar::<i64>("SELECT pieces FROM item WHERE name = ?", ("lamp",))
//!     })
//!     .await?;
//! assert_eq!(left, 2);
//!
//! let items: Vec<(String, i64)> = db
//!     .query("SELECT name, pieces FROM item", ())
//!     .deadline(Duration::from_millis(200))
//!     .await?;
//! # assert_eq!(items, [("lamp".to_owned(), 2)]);
//! db.close().await
//! # }
//! ```
//!
//! # Where to read on
//!
//! - [The guide](_guide): every kind of call with an example.
//! - [The concurrency contract](_concurrency): what may be relied on, and what a dropped future leaves behind.
//! - [The internals](_internals): how it is built, and why so.
//!
//! # What there is
//!
//! | for | look at |
//! |---|---|
//! | opening | [`Database::open`], [`Options`], [`Synchronous`], [`JournalMode`] |
//! | statements | [`Database::execute`], [`query`](Database::query), [`query_one`](Database::query_one), [`query_opt`](Database::query_opt), [`query_scalar`](Database::query_scalar), [`execute_many`](Database::execute_many), [`Batch`] |
//! | parameters and rows | [`IntoParams`], [`params!`], [`named`], [`list`], [`Row`], [`Value`], [`micros`] |
//! | transactions | [`Database::write`], [`Database::read`], [`Tx`], [`ReadTx`], [`Transaction`], [`Savepoint`], [`Snapshot`] |
//! | much data | [`Database::stream`], [`BlobReader`], [`BlobWriter`] |
//! | what changed | [`Database::changes`], [`Database::watch`] |
//! | stopping | [`Call::deadline`], [`CancelToken`] |
//! | failing | [`Error`], [`ErrorKind`], [`Committed`] |
//! | the database as a whole | [`Migrations`], [`Database::backup`], [`Database::checkpoint`], [`Database::integrity_check`], [`Database::close`] |
//! | figures | [`Database::stats`], [`StallMonitor`] |
//! | callers without an executor | [`blocking`] |
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `encryption` | encrypted files by SQLCipher, with the system's libcrypto |
//! | `encryption-vendored` | the same, with an OpenSSL built from source |
//! | `json` | JSON documents as parameters and columns: `Json<T>` |
//! | `uuid` | UUIDs as parameters |
//! | `metrics` | the figures through the `metrics` facade |
//! | `tokio` | blobs as Tokio's `AsyncRead`, `AsyncWrite` and `AsyncSeek` |

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
mod documentation;
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
mod patience;
mod reader;
mod redo;
mod row;
mod serving;
mod session;
mod slots;
mod stall;
mod statement;
mod stats;
mod step;
mod stream;
mod sync;
mod timer;
mod trace;
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
pub use documentation::{_concurrency, _guide, _internals, _tracing};
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
pub use step::Step;
pub use stream::{RowStream, SnapshotStream};
pub use transaction::{Begin, Savepoint, Snapshot, Transaction};
pub use tx::{ReadTx, Tx};
pub use value::{Value, ValueRef};
pub use wal::{Checkpoint, CheckpointMode};
pub use watch::Watch;

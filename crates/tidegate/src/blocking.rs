//! The same database for callers without an executor.
//!
//! [`Database`] has the calls of [`tidegate::Database`](crate::Database), with the same semantics and guarantees; each
//! waits on the calling thread and gives its result. Both handles can be used at once on one database:
//! [`crate::Database::blocking`] and [`Database::as_async`] lead from one to the other.
//!
//! ```
//! use std::time::Duration;
//! use tidegate::Options;
//!
//! # fn main() -> tidegate::Result<()> {
//! let db = Options::memory().open_blocking()?;
//! db.execute_batch("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")?;
//! db.execute("INSERT INTO users (name) VALUES (?)", ("Ada",))?;
//!
//! let hurried = db.with_deadline(Duration::from_millis(200));
//! let names: Vec<String> = hurried.query("SELECT name FROM users", ())?;
//! assert_eq!(names, ["Ada"]);
//! db.close()
//! # }
//! ```
//!
//! # Deadlines and cancellation
//! [`Database::with_deadline`] and [`Database::with_cancel`] give a handle whose calls carry a deadline of their own,
//! each counted from its beginning, or a token. What is opened through such a handle (a transaction, its savepoints, a
//! snapshot) carries them on.
//!
//! # Where it must not be called
//! On a thread of an async executor, a blocking call stops every other task of that thread until it returns. Use
//! [`tidegate::Database`](crate::Database) there, or the executor's own way to run blocking code.
//!
//! Inside a closure of the same or another database (`read`, `write`, `run`, a user function), waiting could never end,
//! since it is the connection's own thread that would wait: there every call answers
//! [`Misuse`](crate::ErrorKind::Misuse).

mod blob;
mod calls;
#[cfg(feature = "encryption")]
mod encryption;
mod iter;
mod limits;
mod maintenance;
mod session;

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use serde::de::DeserializeOwned;

pub use blob::{BlobReader, BlobWriter};
pub use iter::{Changes, Rows, SnapshotRows, Watch};
pub use session::{Savepoint, Snapshot, Transaction};

use crate::cancel::CancelToken;
use crate::database::Database as AsyncDatabase;
use crate::error::Result;
use crate::options::Options;
use crate::params::IntoParams;
use crate::stats::Stats;
use crate::{Batch, Tx};
use limits::Limits;

/// A handle of a database whose calls block the calling thread.
///
/// Cloning gives another handle of the same database. See [the module](self) for deadlines, and for where it must not be
/// used.
#[derive(Clone, Debug)]
pub struct Database {
    inner: AsyncDatabase,
    limits: Limits,
}

impl Options {
    /// Opens the database for blocking callers. See [`open`](Self::open).
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`Misuse`](crate::ErrorKind::Misuse) inside a closure of a database.
    pub fn open_blocking(self) -> Result<Database> {
        self.open().wait().map(Database::over)
    }
}

impl Database {
    /// Opens the file at `path` with default [`Options`], creating it if there is none.
    ///
    /// # Errors
    /// As [`Options::open_blocking`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Options::new(path).open_blocking()
    }

    /// Opens a new database in memory.
    ///
    /// # Errors
    /// As [`Options::open_blocking`].
    pub fn open_in_memory() -> Result<Self> {
        Options::memory().open_blocking()
    }

    pub(crate) fn over(inner: AsyncDatabase) -> Self {
        Self {
            inner,
            limits: Limits::default(),
        }
    }

    /// The same database for async callers.
    #[must_use]
    pub fn as_async(&self) -> &AsyncDatabase {
        &self.inner
    }

    /// A handle each of whose calls may take so long, waiting included. See [`Call::deadline`](crate::Call::deadline).
    ///
    /// [`Duration::MAX`] stands for no deadline. Without this, the defaults of each call hold.
    #[must_use]
    pub fn with_deadline(&self, each: Duration) -> Self {
        Self {
            inner: self.inner.clone(),
            limits: self.limits.with_deadline(each),
        }
    }

    /// A handle whose calls end as soon as `token` is used, by another thread. See [`Call::cancel`](crate::Call::cancel).
    #[must_use]
    pub fn with_cancel(&self, token: &CancelToken) -> Self {
        Self {
            inner: self.inner.clone(),
            limits: self.limits.with_cancel(token),
        }
    }

    /// The options with which the database was opened.
    #[must_use]
    pub fn options(&self) -> &Options {
        self.inner.options()
    }

    /// Figures of all handles of this database since it was opened. See [`stats`](crate::Database::stats).
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.stats()
    }

    /// Runs one statement for each row of parameters, in one transaction.
    /// See [`execute_many`](crate::Database::execute_many).
    ///
    /// # Errors
    /// As [`execute_many`](crate::Database::execute_many).
    pub fn execute_many<I>(&self, sql: impl Into<Cow<'static, str>>, rows: I) -> Result<u64>
    where
        I: IntoIterator<Item: IntoParams> + Send + 'static,
    {
        self.limits.wait(self.inner.execute_many(sql, rows))
    }

    /// Runs the statements of a batch. See [`batch`](crate::Database::batch).
    ///
    /// # Errors
    /// As [`batch`](crate::Database::batch).
    pub fn batch(&self, batch: Batch) -> Result<Vec<Result<u64>>> {
        self.limits.wait(self.inner.batch(batch))
    }

    /// Runs a closure on the writer's thread, in a write transaction. See [`write`](crate::Database::write).
    ///
    /// # Errors
    /// As [`write`](crate::Database::write).
    pub fn write<R, F>(&self, work: F) -> Result<R>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
        R: Send + 'static,
    {
        self.limits.wait(self.inner.write(work))
    }

    /// Opens an interactive write transaction. See [`begin`](crate::Database::begin).
    ///
    /// # Errors
    /// As [`begin`](crate::Database::begin).
    pub fn begin(&self) -> Result<Transaction> {
        let begun = self.limits.wait(self.inner.begin())?;
        Ok(Transaction::over(begun, self.limits.clone()))
    }

    /// Opens a read transaction whose statements all see one state. See [`snapshot`](crate::Database::snapshot).
    ///
    /// # Errors
    /// As [`snapshot`](crate::Database::snapshot).
    pub fn snapshot(&self) -> Result<Snapshot> {
        let begun = self.limits.wait(self.inner.snapshot())?;
        Ok(Snapshot::over(begun, self.limits.clone()))
    }

    /// Runs a query and gives its rows as they are read. See [`stream`](crate::Database::stream).
    ///
    /// The handle's deadline bounds reading all rows.
    pub fn stream<T>(&self, sql: impl Into<Cow<'static, str>>, params: impl IntoParams) -> Rows<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        Rows::over(self.limits.of(self.inner.stream(sql, params)))
    }

    /// The committed changes from here on. See [`changes`](crate::Database::changes).
    ///
    /// They are waited for without regard to the handle's deadline and token: see [`Changes::next_within`].
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes::over(self.inner.changes())
    }

    /// Runs a query, and runs it again whenever a table that it reads has changed. See
    /// [`watch`](crate::Database::watch).
    ///
    /// The handle's deadline bounds each run, not the wait for a change: see [`Watch::next_within`].
    pub fn watch<T>(&self, sql: impl Into<Cow<'static, str>>, params: impl IntoParams) -> Watch<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let watch = self.inner.watch(sql, params);
        Watch::over(match self.limits.deadline() {
            Some(each) => watch.deadline(each),
            None => watch,
        })
    }

    /// Closes the database and all its handles. See [`close`](crate::Database::close).
    ///
    /// The handle's deadline takes the place of [`Options::close_timeout`]; its token means nothing here.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) inside a closure of a database.
    pub fn close(&self) -> Result<()> {
        let closing = self.inner.close();
        match self.limits.deadline() {
            Some(timeout) => closing.timeout(timeout).wait(),
            None => closing.wait(),
        }
    }
}

calls::reading!(Database, "Database");
calls::executing!(Database, "Database");

//! What a library must be able to do to take part.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Durability, Entry, Item, Work};

/// Whatever went wrong; a measurement that fails is not repaired, it is reported and ends.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of a peer's call.
pub type Result<T> = std::result::Result<T, Error>;

/// How a peer opens its database. The pragmas are those of [`pragmas`](crate::pragmas).
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file; it exists and is in WAL mode.
    pub path: PathBuf,
    /// What `synchronous` is set to.
    pub durability: Durability,
    /// How many connections read, beside the one that writes.
    pub readers: usize,
    /// How many prepared statements each connection keeps.
    pub statements: usize,
}

/// One library under measurement, used the way its documentation recommends.
///
/// Every call uses the statements of this crate, and returns only when the library says that the work is done
/// (for a write: committed as durably as [`Settings::durability`] asks).
pub trait Peer: Sized + Send + Sync + 'static {
    /// What the library cannot do; such a job is answered with [`Outcome::Unsupported`](crate::Outcome).
    const UNSUPPORTED: &'static [Work] = &[];

    /// The most tasks that can use it at once. A synchronous library has one caller, whatever the job says.
    const MOST_TASKS: usize = usize::MAX;

    /// Opens the database.
    fn open(settings: Settings) -> impl Future<Output = Result<Self>> + Send;

    /// The text that [`SETUP_FACTS`](crate::SETUP_FACTS) yields on the connection that writes.
    fn setup_facts(&self) -> impl Future<Output = Result<String>> + Send;

    /// Inserts one row and commits it.
    fn insert_one(&self, entry: Entry) -> impl Future<Output = Result<()>> + Send;

    /// Reads one row by its key.
    fn point_read(&self, key: i64) -> impl Future<Output = Result<Item>> + Send;

    /// Reads the whole table.
    fn scan_all(&self) -> impl Future<Output = Result<Vec<Item>>> + Send;

    /// Inserts all rows in one transaction.
    fn insert_batch(&self, entries: Vec<Entry>) -> impl Future<Output = Result<()>> + Send;

    /// Runs [`LONG_WRITE`](crate::LONG_WRITE) with this many rows.
    fn long_write(&self, rows: i64) -> impl Future<Output = Result<()>> + Send;

    /// Counts up to this number by [`RUNAWAY`](crate::RUNAWAY) on a connection that reads; yields what it counted.
    fn count_to(&self, number: i64) -> impl Future<Output = Result<i64>> + Send;

    /// The same, given up after some time: `None` if it was.
    ///
    /// Where the library has no deadlines of its own, its user drops the call.
    fn count_within(
        &self,
        number: i64,
        limit: Duration,
    ) -> impl Future<Output = Result<Option<i64>>> + Send {
        async move {
            match tokio::time::timeout(limit, self.count_to(number)).await {
                Ok(counted) => counted.map(Some),
                Err(_) => Ok(None),
            }
        }
    }

    /// Sends a closure that does nothing to a connection's thread and waits for its answer.
    fn empty_job(&self) -> impl Future<Output = Result<()>> + Send;

    /// How many transactions have been committed so far; `None` where each write commits by itself.
    fn commits(&self) -> Option<u64> {
        None
    }

    /// Closes every connection.
    fn close(self) -> impl Future<Output = Result<()>> + Send;
}

//! The setters of [`Options`], one for every setting.

use std::cmp::Ordering;
use std::time::Duration;

use super::functions::{self, Arity, Determinism};
use super::{JournalMode, Options, Synchronous, TempStore};
use crate::error::Result;
#[cfg(feature = "encryption")]
use crate::key::Key;
use crate::value::Value;

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

/// The file.
impl Options {
    setters! {
        /// Opens the file for reading only: every write fails with [`ErrorKind::ReadOnly`](crate::ErrorKind::ReadOnly).
        /// Default: `false`.
        read_only: bool;
        /// The page size of a file that is created, in bytes: a power of two between 512 and 65,536. An existing file
        /// keeps its own. Default: 4,096.
        page_size_bytes: u32;
    }

    /// What the database's threads are named after (`name.writer`, `name.reader.1`). Default: the file's name without
    /// its extension.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether a missing file is created; a missing directory never is. Default: `true`, unless `read_only`.
    #[must_use]
    pub fn create(mut self, create: bool) -> Self {
        self.create = Some(create);
        self
    }

    /// The SQLite VFS that does the file's input and output, by the name it was registered under. Default: SQLite's
    /// own for the platform.
    #[must_use]
    pub fn vfs(mut self, vfs: impl Into<String>) -> Self {
        self.vfs = Some(vfs.into());
        self
    }

    /// The number that marks a file as belonging to this application. It is written to a file that has none (0), and a
    /// file with another one is refused. Default: neither written nor looked at.
    #[must_use]
    pub fn application_id(mut self, id: i32) -> Self {
        self.application_id = Some(id);
        self
    }

    /// The key of an encrypted file. Default: none, the file is plain.
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.key = Some(key);
        self
    }
}

/// The connections.
impl Options {
    setters! {
        /// How a transaction is kept atomic. Default: [`JournalMode::Wal`].
        journal_mode: JournalMode;
        /// When to wait for the disk, and so what a power cut can take back. Default: [`Synchronous::Full`].
        synchronous: Synchronous;
        /// Whether foreign keys are enforced. Default: `true`.
        foreign_keys: bool;
        /// Where temporary tables and large sorts live. Default: [`TempStore::Memory`].
        temp_store: TempStore;
        /// How much of the file is read through a memory map, in bytes; 0 turns it off. It takes address space, not
        /// memory. An input/output error within the map ends the process with a signal instead of an error; turn it off
        /// for files on media that come and go. Default: 256 MiB; at most 2 GiB − 64 KiB.
        mmap_size_bytes: u64;
        /// The page cache of each connection, in KiB: the most that it takes, not what it reserves. Default: 8 MiB.
        cache_size_kib: u32;
        /// How many prepared statements each connection keeps; 0 prepares every time. Default: 128; at most 10,000.
        statement_cache: usize;
        /// The most connections that read at once, 1 to 64; each is opened when it is first needed and has a thread of
        /// its own. Default: the number of cores.
        readers: usize;
    }

    /// Adds an SQL function to every connection.
    ///
    /// It runs on the connection's thread, within the statement's deadline only as far as it returns. An error fails
    /// the statement with its message, and a panic does so too. It must not call this database: the connection is
    /// busy with the statement, so the call could only wait for itself.
    ///
    /// A later function of the same name and arity takes the place of an earlier one, or of one of SQLite's own.
    ///
    /// ```
    /// use tidegate::{Arity, Determinism, Options, Value};
    ///
    /// let options = Options::memory().function(
    ///     "shout",
    ///     Arity::Exactly(1),
    ///     Determinism::Deterministic,
    ///     |arguments| Ok(match &arguments[0] {
    ///         Value::Text(text) => Value::Text(text.to_uppercase()),
    ///         other => other.clone(),
    ///     }),
    /// );
    /// ```
    #[must_use]
    pub fn function<F>(
        mut self,
        name: impl Into<String>,
        arity: Arity,
        determinism: Determinism,
        function: F,
    ) -> Self
    where
        F: Fn(&[Value]) -> Result<Value> + Send + Sync + 'static,
    {
        let signature = functions::Signature::new(name, arity, determinism);
        self.additions
            .add(functions::Scalar::new(signature, function));
        self
    }

    /// Adds an SQL aggregate function to every connection: each group begins with `S::default()`, `step` takes in one
    /// row's arguments, and `finish` gives the result (of the default too, for a group without rows).
    ///
    /// What is said of [`function`](Self::function) holds here as well.
    #[must_use]
    pub fn aggregate<S, F, G>(
        mut self,
        name: impl Into<String>,
        arity: Arity,
        determinism: Determinism,
        step: F,
        finish: G,
    ) -> Self
    where
        S: Default + Send + 'static,
        F: Fn(&mut S, &[Value]) -> Result<()> + Send + Sync + 'static,
        G: Fn(S) -> Result<Value> + Send + Sync + 'static,
    {
        let signature = functions::Signature::new(name, arity, determinism);
        self.additions
            .add(functions::Aggregate::new(signature, step, finish));
        self
    }

    /// Adds a collation, an order of texts, to every connection.
    ///
    /// It must be a total order and always the same one: an index keeps the order that it was built with. If `compare`
    /// panics, the two texts are compared by their bytes, and an error is logged.
    #[must_use]
    pub fn collation<F>(mut self, name: impl Into<String>, compare: F) -> Self
    where
        F: Fn(&str, &str) -> Ordering + Send + Sync + 'static,
    {
        self.additions.add(functions::Collation::new(name, compare));
        self
    }
}

/// Limits.
impl Options {
    setters! {
        /// How many jobs may wait for a reader; beyond that, callers wait for room. Default: 4,096.
        reader_queue: usize;
        /// How many jobs may wait for the writer; beyond that, callers wait for room. Default: 4,096.
        writer_queue: usize;
        /// The most jobs that the writer commits together. Default: 512.
        group_max_jobs: usize;
        /// How long the writer may go on adding jobs to one commit. A job that is alone is never held up by it; under load
        /// the writer waits a moment, less than a commit takes, for callers about to come back. Default: 5 ms; at most
        /// 1 s.
        group_max_time: Duration;
        /// How long to wait for a lock that another process holds. Default: 5 s; at most an hour.
        busy_timeout: Duration;
        /// The deadline of a call that sets none, from the call to its answer. Default: 30 s; at most a day.
        default_deadline: Duration;
        /// How long an interactive transaction may hold the writer without doing anything; then it is rolled back, and
        /// its next call says so. Default: 10 s; at most a day.
        transaction_idle_limit: Duration;
        /// How old a snapshot, a stream or a `read` closure may become; then it is interrupted and told why, because as
        /// long as it lives the write-ahead log cannot shrink. Default: 60 s; at most a day.
        snapshot_max_age: Duration;
        /// How long closing waits for calls that have begun, before it interrupts them. Default: 10 s; at most an hour.
        close_timeout: Duration;
        /// The size of the write-ahead log from which on it is checkpointed, in bytes. Default: 4 MiB.
        wal_soft_limit_bytes: u64;
        /// The size of the write-ahead log from which on writers wait for a checkpoint, in bytes. Above
        /// `wal_soft_limit_bytes`. Default: 256 MiB.
        wal_hard_limit_bytes: u64;
    }
}

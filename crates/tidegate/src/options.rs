//! How a database is opened: every setting with its default, its range and what it costs.

mod builder;
mod extension;
mod functions;
mod modes;
mod units;
mod validate;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use extension::Extension;
use functions::Additions;
pub(crate) use functions::take_function_error;
pub use functions::{Arity, Determinism};
pub use modes::{JournalMode, Synchronous, TempStore};

#[cfg(feature = "encryption")]
use crate::key::Key;

/// The path that stands for a database in memory.
const MEMORY: &str = ":memory:";
/// More readers than this gain nothing: they share one disk and one page cache.
const READERS_MAX: usize = 64;

/// How a database is opened.
///
/// Nothing is read from the environment. Values are checked when the database is opened, and a bad one is refused with
/// its name and the allowed range.
///
/// `Options` can be (de)serialised, as part of a configuration file for instance. Durations then carry their unit in
/// the name of the field (`busy_timeout_ms`), unknown fields are refused, and everything but `path` may be left out. The
/// key, functions and collations are set in code only.
///
/// ```
/// use std::time::Duration;
/// use tidegate::{Options, Synchronous};
///
/// let options = Options::new("app.db")
///     .readers(4)
///     .synchronous(Synchronous::Normal)
///     .default_deadline(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default = "Options::without_path", deny_unknown_fields)]
pub struct Options {
    pub(crate) path: PathBuf,
    pub(crate) name: Option<String>,
    pub(crate) create: Option<bool>,
    pub(crate) read_only: bool,
    pub(crate) vfs: Option<String>,
    pub(crate) application_id: Option<i32>,
    pub(crate) page_size_bytes: u32,

    pub(crate) journal_mode: JournalMode,
    pub(crate) synchronous: Synchronous,
    pub(crate) foreign_keys: bool,
    pub(crate) temp_store: TempStore,
    pub(crate) mmap_size_bytes: u64,
    pub(crate) cache_size_kib: u32,
    pub(crate) statement_cache: usize,

    pub(crate) readers: usize,
    pub(crate) reader_queue: usize,
    pub(crate) writer_queue: usize,
    pub(crate) group_max_jobs: usize,
    #[serde(rename = "group_max_time_us", with = "units::micros")]
    pub(crate) group_max_time: Duration,

    #[serde(rename = "busy_timeout_ms", with = "units::millis")]
    pub(crate) busy_timeout: Duration,
    #[serde(rename = "default_deadline_ms", with = "units::millis")]
    pub(crate) default_deadline: Duration,
    #[serde(rename = "transaction_idle_limit_ms", with = "units::millis")]
    pub(crate) transaction_idle_limit: Duration,
    #[serde(rename = "snapshot_max_age_ms", with = "units::millis")]
    pub(crate) snapshot_max_age: Duration,
    #[serde(rename = "close_timeout_ms", with = "units::millis")]
    pub(crate) close_timeout: Duration,

    pub(crate) wal_soft_limit_bytes: u64,
    pub(crate) wal_hard_limit_bytes: u64,

    #[cfg(feature = "encryption")]
    #[serde(skip)]
    pub(crate) key: Option<Key>,
    #[serde(skip)]
    additions: Additions,
}

impl Options {
    /// Options for the database file at `path`, or for a database in memory if it is `:memory:`.
    ///
    /// The path is taken literally: it may hold any character, and `file:` has no special meaning.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            ..Self::without_path()
        }
    }

    /// Options for a database in memory: one connection serves all calls, and closing it forgets the data.
    ///
    /// What concerns files (journal mode, limits of the log, page size, `vfs`) has no effect.
    #[must_use]
    pub fn memory() -> Self {
        Self::new(MEMORY)
    }

    pub(crate) fn is_memory(&self) -> bool {
        self.path.as_os_str() == MEMORY
    }

    /// Whether a missing file is created.
    pub(crate) fn creates(&self) -> bool {
        self.create.unwrap_or(!self.read_only)
    }

    /// What the database's threads are called after.
    pub(crate) fn label(&self) -> String {
        match (&self.name, self.path.file_stem()) {
            (Some(name), _) => name.clone(),
            (None, _) if self.is_memory() => "memory".to_owned(),
            (None, Some(stem)) => stem.to_string_lossy().into_owned(),
            (None, None) => "database".to_owned(),
        }
    }

    pub(crate) fn with_extension(mut self, extension: Extension) -> Self {
        self.additions.add(extension);
        self
    }

    /// Adds the user's functions and collations to a new connection.
    pub(crate) fn register(&self, connection: &rusqlite::Connection) -> crate::error::Result<()> {
        self.additions.register(connection)
    }

    fn without_path() -> Self {
        Self {
            path: PathBuf::new(),
            name: None,
            create: None,
            read_only: false,
            vfs: None,
            application_id: None,
            page_size_bytes: 4096,
            journal_mode: JournalMode::default(),
            synchronous: Synchronous::default(),
            foreign_keys: true,
            temp_store: TempStore::default(),
            mmap_size_bytes: 256 << 20,
            cache_size_kib: 8 << 10,
            statement_cache: 128,
            readers: default_readers(),
            reader_queue: 4096,
            writer_queue: 4096,
            group_max_jobs: 512,
            group_max_time: Duration::from_millis(5),
            busy_timeout: Duration::from_secs(5),
            default_deadline: Duration::from_secs(30),
            transaction_idle_limit: Duration::from_secs(10),
            snapshot_max_age: Duration::from_secs(60),
            close_timeout: Duration::from_secs(10),
            wal_soft_limit_bytes: 4 << 20,
            wal_hard_limit_bytes: 256 << 20,
            #[cfg(feature = "encryption")]
            key: None,
            additions: Additions::default(),
        }
    }
}

fn default_readers() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get().min(READERS_MAX))
}

#[cfg(test)]
mod tests;

//! SQLite's modes, and what each of them can lose.

use serde::{Deserialize, Serialize};

/// How SQLite keeps a transaction atomic across a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JournalMode {
    /// A write-ahead log: readers and the writer do not wait for each other.
    ///
    /// Needs shared memory between all processes that use the file, so it does not work over a network file system.
    #[default]
    Wal,
    /// A rollback journal, deleted at each commit. A commit waits for the readers to finish, and readers for a commit.
    Delete,
    /// Like [`Delete`](Self::Delete), but the journal is cut to nothing instead, which is often faster.
    Truncate,
    /// Like [`Delete`](Self::Delete), but only the journal's header is overwritten.
    Persist,
    /// The rollback journal is in memory. If the process dies within a commit, **the file is most likely corrupt**.
    Memory,
}

impl JournalMode {
    /// The word for it in `PRAGMA journal_mode`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wal => "wal",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
            Self::Persist => "persist",
            Self::Memory => "memory",
        }
    }
}

/// When SQLite waits for the disk, and so what a crash can take back.
///
/// A crash of the process alone loses no acknowledged write under any setting; the operating system still has it.
/// The rest is about a crash of the operating system or a power cut, with the default [`JournalMode::Wal`]:
///
/// | setting | an acknowledged write can be lost | the file can be corrupted |
/// |---|---|---|
/// | `Extra`, `Full` | no | no |
/// | `Normal` | yes: the commits since the last checkpoint, newest first | no |
/// | `Off` | yes | yes |
///
/// All of it holds only as far as the disk does not lie about having written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Synchronous {
    /// Every commit is on disk before it is acknowledged. Group commit shares the wait among concurrent writers.
    #[default]
    Full,
    /// Waits for the disk at checkpoints only. A power cut can take back the last commits, each of them whole: what is
    /// left is the state as of some earlier commit. With a rollback journal there is besides a very small chance of
    /// corruption on an old file system.
    Normal,
    /// Like [`Full`](Self::Full); with a rollback journal the directory is synchronised too, so that a journal whose
    /// deletion was lost cannot undo the last commit. In WAL mode there is no difference.
    Extra,
    /// Never waits. A power cut can take back any number of commits and **corrupt the file**. For data that can be
    /// made again.
    Off,
}

impl Synchronous {
    /// The word for it in `PRAGMA synchronous`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
            Self::Extra => "extra",
            Self::Off => "off",
        }
    }
}

/// Where SQLite keeps temporary tables, indexes and large sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TempStore {
    /// In memory: no temporary file is ever written, but a large sort takes as much memory as it has data.
    #[default]
    Memory,
    /// In temporary files, removed when they are closed. They are not encrypted, even if the database is.
    File,
}

impl TempStore {
    /// The word for it in `PRAGMA temp_store`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::File => "file",
        }
    }
}

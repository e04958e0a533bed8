//! What one process of the benchmarks is asked to do.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One measurement: a workload and its parameters. Passed to a peer's binary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What is done.
    pub work: Work,
    /// How many tasks do it at once.
    pub tasks: usize,
    /// How durable a commit is.
    pub durability: Durability,
    /// The database, a fresh copy that this job alone uses.
    pub database: PathBuf,
    /// How many connections read.
    pub readers: usize,
    /// How long the work runs before it is measured, in milliseconds.
    pub warmup_ms: u64,
    /// How long it is measured, in milliseconds.
    pub measure_ms: u64,
}

/// The kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// One row inserted, committed by itself.
    Insert,
    /// One row read by its key.
    PointRead,
    /// All rows of the table read into structs.
    Scan,
    /// A thousand rows inserted in one transaction.
    Batch,
    /// Nine point reads for each insert.
    Mixed,
    /// Point reads, first alone and then beside writes of about half a second each.
    ReadUnderWrite,
    /// Queries that take far longer than they are given, each with a point read after it.
    Deadline,
    /// A closure that does nothing, to the connection's thread and back.
    EmptyJob,
}

/// What `PRAGMA synchronous` is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// Every commit is on the disk before it is answered.
    Full,
    /// A power failure may lose the last commits, never the file's integrity.
    Normal,
}

impl Durability {
    /// The number that SQLite gives this level.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::Full => 2,
            Self::Normal => 1,
        }
    }
}

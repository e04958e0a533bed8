//! An SQLite file system over the system's own that fails, waits, or loses power on demand.
//!
//! [`FaultVfs::register`] gives it a name; a connection uses it when it is opened with that name
//! (`Connection::open_with_flags_and_vfs`, or `?vfs=name` in a `file:` URI). Memory-mapped reads
//! are not offered to SQLite, so that every access passes through here.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

mod counts;
mod durable;
mod hold;
mod plan;
mod raw;
#[cfg(test)]
mod tests;

pub use counts::Counts;
pub use durable::Unsynced;
pub use hold::Hold;
pub use plan::{Failure, Fault};

use counts::Counters;
use durable::Disk;
use plan::{Plan, Verdict};

/// A call of SQLite to its file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Opens or creates a file.
    Open,
    /// Deletes a file.
    Delete,
    /// Reads a part of a file.
    Read,
    /// Writes a part of a file.
    Write,
    /// Cuts a file's length.
    Truncate,
    /// Makes a file's content durable.
    Sync,
    /// Asks for a file's length.
    FileSize,
    /// Takes a lock on the database file.
    Lock,
    /// Maps a part of the shared memory of the WAL.
    ShmMap,
    /// Takes a lock in the shared memory of the WAL.
    ShmLock,
}

/// What a file is to SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// The database; shared-memory calls count as its calls, too.
    Main,
    /// The write-ahead log.
    Wal,
    /// The rollback journal.
    Journal,
    /// Temporary files of all sorts.
    Temp,
}

impl Op {
    /// All calls.
    pub const ALL: [Op; 10] = [
        Op::Open,
        Op::Delete,
        Op::Read,
        Op::Write,
        Op::Truncate,
        Op::Sync,
        Op::FileSize,
        Op::Lock,
        Op::ShmMap,
        Op::ShmLock,
    ];
}

impl FileKind {
    /// All kinds.
    pub const ALL: [FileKind; 4] = [
        FileKind::Main,
        FileKind::Wal,
        FileKind::Journal,
        FileKind::Temp,
    ];
}

/// Handle to a registered file system; copies control the same one.
#[derive(Clone, Copy)]
pub struct FaultVfs {
    state: &'static State,
}

impl FaultVfs {
    /// Registers a file system under a name of its own. It stays registered as long as the process
    /// lives, for nobody can tell when SQLite has stopped using it.
    ///
    /// # Panics
    /// When the name is taken, contains a NUL byte, or SQLite has no file system to build on.
    pub fn register(name: &str) -> Self {
        let state = Box::leak(Box::new(State {
            name: name.to_owned(),
            counters: Counters::default(),
            plan: Plan::default(),
            disk: Disk::default(),
        }));
        raw::register(state);
        FaultVfs { state }
    }

    /// The name to open connections with.
    pub fn name(&self) -> &'static str {
        &self.state.name
    }

    /// Adds a fault; its count starts now.
    pub fn inject(&self, fault: Fault) {
        self.state.plan.inject(fault);
    }

    /// Removes all faults, and starts [`fired`](Self::fired) again from 0.
    pub fn heal(&self) {
        self.state.plan.heal();
    }

    /// How often a fault has struck since the last [`heal`](Self::heal).
    pub fn fired(&self) -> u64 {
        self.state.plan.fired()
    }

    /// Makes every call of a kind take this much longer; zero ends it.
    pub fn delay(&self, op: Op, by: Duration) {
        self.state.plan.delay(op, by);
    }

    /// Stops the next call of a kind, to any kind of file or one only, before it does anything,
    /// until the returned handle is released or dropped.
    pub fn hold_next(&self, op: Op, kind: Option<FileKind>) -> Hold {
        self.state.plan.hold_next(op, kind)
    }

    /// Calls so far, failed ones included.
    pub fn counts(&self) -> Counts {
        self.state.counters.read()
    }

    /// Keeps what a power cut would leave of every file opened from now on: its content at the
    /// last sync, and each write since.
    ///
    /// Files that exist when they are first opened count as durable. Costs memory of the size of
    /// the files.
    pub fn track_durability(&self) {
        self.state.disk.track();
    }

    /// Writes into a directory what a power cut at this instant would leave of the tracked files,
    /// each under its own name. The running connections notice nothing.
    ///
    /// A new file is durable from its first sync on; a deletion that SQLite did not ask to sync is
    /// undone, unless another file of its directory was created and synced after it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn crash(&self, into: &Path, unsynced: Unsynced<'_>) -> io::Result<()> {
        self.state.disk.crash(into, unsynced)
    }
}

impl fmt::Debug for FaultVfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultVfs")
            .field("name", &self.state.name)
            .finish_non_exhaustive()
    }
}

/// What all files of a registered file system share; never freed.
struct State {
    name: String,
    counters: Counters,
    plan: Plan,
    disk: Disk,
}

impl State {
    /// Counts a call, lets it wait as planned, and decides about it.
    fn before(&self, op: Op, kind: FileKind) -> Verdict {
        self.counters.add(op, kind);
        self.plan.decide(op, kind)
    }
}

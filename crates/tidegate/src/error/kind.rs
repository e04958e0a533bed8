//! The classes of failure a caller can match on.

use std::fmt;
use std::io;

/// The class of an [`Error`](crate::Error): what a program decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another process or connection held a lock for longer than the busy timeout. Try again later.
    Busy,
    /// The deadline passed, in the queue or while running. Read
    /// [`committed`](crate::Error::committed) before trying again.
    Deadline,
    /// The call was cancelled by its token, by dropping its future, or because something it stood on was rolled back.
    Cancelled,
    /// The database handle has been closed. Open it anew.
    Closed,
    /// A constraint of the schema refused the data: see [`constraint`](crate::Error::constraint).
    Constraint,
    /// Something tried to write where only reading is possible: a read transaction, a read-only file or file system.
    ReadOnly,
    /// The database file is damaged. Stop writing, keep a copy, and restore from a backup.
    Corrupt,
    /// The file is not an SQLite database, or it is encrypted and was opened without a key.
    NotADatabase,
    /// The key does not open this encrypted database.
    WrongKey,
    /// The disk, the quota, or the database's own page limit is full. Nothing was written; make room and try again.
    DiskFull,
    /// The operating system failed to open, read, write, lock or sync a file.
    Io,
    /// SQLite does not accept the statement, or it failed while running: see
    /// [`sql_offset`](crate::Error::sql_offset) for the place.
    Query,
    /// A value does not fit the type that was asked for: see [`conversion`](crate::Error::conversion).
    Conversion,
    /// Exactly one row was asked for, and there was none.
    NoRows,
    /// A value, a statement or a result is larger than a limit of SQLite or of the memory it may take.
    TooBig,
    /// The call itself is wrong: the number or names of its parameters, two statements in one text, an option that
    /// makes no sense. Change the program.
    Misuse,
    /// A closure panicked. Its work was rolled back and the database serves on.
    Panicked,
    /// A closure returned an error of its own: see [`downcast_ref`](crate::Error::downcast_ref).
    Application,
}

impl ErrorKind {
    /// Every kind, in the order of declaration.
    pub const ALL: &'static [Self] = &[
        Self::Busy,
        Self::Deadline,
        Self::Cancelled,
        Self::Closed,
        Self::Constraint,
        Self::ReadOnly,
        Self::Corrupt,
        Self::NotADatabase,
        Self::WrongKey,
        Self::DiskFull,
        Self::Io,
        Self::Query,
        Self::Conversion,
        Self::NoRows,
        Self::TooBig,
        Self::Misuse,
        Self::Panicked,
        Self::Application,
    ];

    /// A stable code for logs, metrics and wire formats, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Deadline => "deadline",
            Self::Cancelled => "cancelled",
            Self::Closed => "closed",
            Self::Constraint => "constraint",
            Self::ReadOnly => "read_only",
            Self::Corrupt => "corrupt",
            Self::NotADatabase => "not_a_database",
            Self::WrongKey => "wrong_key",
            Self::DiskFull => "disk_full",
            Self::Io => "io",
            Self::Query => "query",
            Self::Conversion => "conversion",
            Self::NoRows => "no_rows",
            Self::TooBig => "too_big",
            Self::Misuse => "misuse",
            Self::Panicked => "panicked",
            Self::Application => "application",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kind of an operating-system error.
pub(super) fn of_io(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => ErrorKind::ReadOnly,
        _ => ErrorKind::Io,
    }
}

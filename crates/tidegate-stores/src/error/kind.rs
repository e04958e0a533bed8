//! The classes of failure a caller can match on.

use std::fmt;

/// The class of an [`Error`](crate::Error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was given is wrong: [`field`](crate::Error::field) says where, [`reason`](crate::Error::reason) why.
    InvalidInput,
    /// The thing that was named does not exist.
    NotFound,
    /// The thing exists, and its state does not allow what was asked: [`found`](crate::Error::found) is the state.
    Conflict,
    /// What was given is more than a limit allows: [`field`](crate::Error::field) says of what.
    Limit,
    /// The database failed or was stopped: [`database`](crate::Error::database) is its error.
    Database,
}

impl ErrorKind {
    /// Every kind, in the order of declaration.
    pub const ALL: &'static [Self] = &[
        Self::InvalidInput,
        Self::NotFound,
        Self::Conflict,
        Self::Limit,
        Self::Database,
    ];

    /// A stable code for logs, metrics and wire formats, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Limit => "limit",
            Self::Database => "database",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

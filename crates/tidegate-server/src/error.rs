//! Why a server could not start or end well.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a server could not start, or did not end well.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The address could not be listened at.
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The database could not be opened, brought up to date, or closed.
    Database {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why.
        source: tidegate::Error,
    },
    /// The system has no means for an HTTP client, which notifications need.
    Client(tidegate_deliver::Failure),
}

impl ServeError {
    pub(crate) fn database(
        path: &std::path::Path,
        doing: &'static str,
        source: tidegate::Error,
    ) -> Self {
        Self::Database {
            path: path.to_owned(),
            doing,
            source,
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "cannot listen at {address}: another program does")
            }
            Self::Listen { address, source } => write!(f, "cannot listen at {address}: {source}"),
            Self::Database {
                path,
                doing,
                source,
            } => write!(f, "cannot {doing} {}: {source}", path.display()),
            Self::Client(failure) => write!(f, "cannot make an HTTP client: {failure}"),
        }
    }
}

impl StdError for ServeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Listen { source, .. } => Some(source),
            Self::Database { source, .. } => Some(source),
            Self::Client(failure) => Some(failure),
        }
    }
}

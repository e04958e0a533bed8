//! The error type of the crate: why a command did not run, or a setting was refused.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;

/// A result whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command has no [`Outcome`](crate::Outcome), or why a setting was refused.
///
/// Match on [`kind`](Error::kind). The message says where it failed. Values of environment variables and standard input
/// never appear in it.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<io::Error>,
}

/// The class of an [`Error`]: what a program decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting makes no sense. Change the configuration or the program; nothing ran.
    Invalid,
    /// The program or the working directory does not exist. Nothing ran.
    NotFound,
    /// The program may not be executed, or the working directory not be entered. Nothing ran.
    Permission,
    /// The operating system did not start the process, for want of memory or processes for instance.
    Launch,
    /// The timeout passed while the call waited for a place among the running commands. Nothing ran.
    NoPlace,
    /// The timeout passed while the process was being started. If it does start, it is made to end as at a timeout.
    LateStart,
    /// A resource limit could not be applied, so the command was not run.
    Limits,
    /// The command was killed and does not end, because the kernel does not let go of it. It keeps its place until it
    /// has ended.
    Unkillable,
    /// The operating system did not tell what became of the process. It has been killed.
    Lost,
    /// There is no Tokio runtime, or it is shutting down. If the command had started, it has been killed.
    Runtime,
}

impl ErrorKind {
    /// A stable code for logs, metrics and wire formats, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Permission => "permission",
            Self::Launch => "launch",
            Self::NoPlace => "no_place",
            Self::LateStart => "late_start",
            Self::Limits => "limits",
            Self::Unkillable => "unkillable",
            Self::Lost => "lost",
            Self::Runtime => "runtime",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error {
    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// `setting` has a value that makes no sense, for `reason`.
    pub(crate) fn invalid(setting: &str, reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Invalid, format!("`{setting}` {reason}"))
    }

    /// The operating system failed at `doing`; what it says may make the kind more precise than `kind`.
    pub(crate) fn system(kind: ErrorKind, doing: String, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => ErrorKind::Permission,
            _ => kind,
        };
        Self {
            source: Some(source),
            ..Self::new(kind, doing)
        }
    }

    pub(crate) fn lost(source: io::Error) -> Self {
        Self {
            source: Some(source),
            ..Self::new(ErrorKind::Lost, "the process cannot be watched")
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_ref()?;
        Some(source)
    }
}

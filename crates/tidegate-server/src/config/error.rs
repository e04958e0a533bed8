//! What is wrong with a configuration, and where.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;

/// Why a configuration was refused: the source, the place, the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub(super) place: Place,
    pub(super) key: Option<String>,
    pub(super) reason: String,
}

/// Where something wrong was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the file as a whole, or at a line and column, counted from one.
    File(PathBuf, Option<(usize, usize)>),
    /// In a variable of this name.
    Environment(String),
    /// In a flag of this name.
    Flag(String),
    /// In the defaults together with what was given.
    Together,
}

impl ConfigError {
    /// The file in which it stands, if it stands in one.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.place {
            Place::File(path, _) => Some(path),
            _ => None,
        }
    }

    /// The line of the file, counted from one.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match self.place {
            Place::File(_, Some((line, _))) => Some(line),
            _ => None,
        }
    }

    /// The column of the line, in characters counted from one.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        match self.place {
            Place::File(_, Some((_, column))) => Some(column),
            _ => None,
        }
    }

    /// The key, as `section.key`, where it is known.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, Some((line, column))) => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::File(path, None) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "the variable {name}"),
            Self::Flag(name) => write!(f, "the flag {name}"),
            Self::Together => f.write_str("the configuration"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl StdError for ConfigError {}

//! How urgent an alert is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::check::shown;
use crate::error::{Error, Result};

/// How urgent an alert is; ordered from harmless to urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something may go wrong.
    Warning,
    /// Something went wrong; somebody should look.
    Critical,
    /// Somebody has to look at once.
    Emergency,
}

impl Severity {
    /// All of them, from harmless to urgent.
    pub const ALL: &'static [Self] = &[Self::Info, Self::Warning, Self::Critical, Self::Emergency];

    /// Its name, under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Emergency => "emergency",
        }
    }
}

impl FromStr for Severity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|severity| severity.as_str() == text);
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|severity| severity.as_str()).collect();
            let reason = format!("{} is none of {}", shown(text), names.join(", "));
            Error::invalid("severity", reason)
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

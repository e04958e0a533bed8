//! What a key may be used for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::check::shown;
use crate::error::{Error, Result};

/// The most scopes of one key.
pub const SCOPES_MAX: usize = 16;

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// Everything, keys included.
    Admin,
    /// Putting measurements and events in.
    Ingest,
    /// Acting on what is there: acknowledging, silencing.
    Operate,
    /// Looking at everything but keys.
    Read,
}

impl Scope {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Admin, Self::Ingest, Self::Operate, Self::Read];

    /// Its name, under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Ingest => "ingest",
            Self::Operate => "operate",
            Self::Read => "read",
        }
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|scope| scope.as_str() == text);
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|scope| scope.as_str()).collect();
            let reason = format!("{} is none of {}", shown(text), names.join(", "));
            Error::invalid("scopes", reason)
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

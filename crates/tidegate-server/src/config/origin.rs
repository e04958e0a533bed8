//! Where each setting comes from.

use std::fmt;
use std::path::PathBuf;

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A file: its path and the line, counted from one.
    File(PathBuf, usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// One setting with its value and origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `section.key`.
    pub key: String,
    /// The value as TOML writes it.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Every value of a table with its path, in the table's order.
pub(super) fn leaves(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut all = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) => all.extend(
                leaves(inner)
                    .into_iter()
                    .map(|(path, value)| (format!("{name}.{path}"), value)),
            ),
            value => all.push((name.clone(), value)),
        }
    }
    all
}

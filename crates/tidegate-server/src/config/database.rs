//! The section `[database]`: the file, and how it is kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tidegate::{Options, Synchronous};

use super::Wrong;

/// The database file, and how it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DatabaseConfig {
    /// The file; it is made if it is not there. Default: `tidegate.db` in the working directory.
    pub path: PathBuf,
    /// What a power cut can take back. Default: nothing that was acknowledged.
    pub durability: Durability,
    /// The most connections that read at once. Default: the number of cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readers: Option<usize>,
    /// The SQLite file system by which the file is reached, for programs that have registered one; no file says it.
    #[serde(skip)]
    pub vfs: Option<String>,
}

/// What a power cut can take back. The end of the process, by `kill -9` too, takes nothing back with either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Nothing: every commit waits for the disk.
    #[default]
    Full,
    /// The last commits; the file stays whole.
    Normal,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::from("tidegate.db"),
            durability: Durability::Full,
            readers: None,
            vfs: None,
        }
    }
}

impl DatabaseConfig {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        if self.path.as_os_str().is_empty() {
            return Err(Wrong::new("database.path", "must not be empty"));
        }
        match self.readers {
            Some(readers) => Wrong::unless_within("database.readers", readers, 1..=64),
            None => Ok(()),
        }
    }

    /// The same as options of the driver.
    pub(crate) fn options(&self) -> Options {
        let synchronous = match self.durability {
            Durability::Full => Synchronous::Full,
            Durability::Normal => Synchronous::Normal,
        };
        let mut options = Options::new(&self.path).synchronous(synchronous);
        if let Some(readers) = self.readers {
            options = options.readers(readers);
        }
        if let Some(vfs) = &self.vfs {
            options = options.vfs(vfs);
        }
        options
    }
}

//! The database file of a benchmark: a new one, removed at the end whatever happens.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::failure::{Failure, Result};

/// A new database file.
#[derive(Debug)]
pub(crate) struct Place {
    file: PathBuf,
    /// Removed with the place.
    _directory: TempDir,
}

impl Place {
    /// In a directory of its own, in the system's place for temporary files.
    pub(crate) fn temporary() -> Result<Self> {
        Self::below(TempDir::with_prefix("tidegate-bench-"), "bench.db".as_ref())
    }

    /// In a directory of its own beside `path`, which must be free: nobody's data is ever touched.
    pub(crate) fn beside(path: &Path) -> Result<Self> {
        if path.exists() {
            return Err(
                Failure::refused(format!("{} exists already", path.display()))
                    .hint("the benchmark makes a database of its own: give a new name on the disk to be measured"),
            );
        }
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let name = path.file_name().unwrap_or("bench.db".as_ref());
        Self::below(
            TempDir::with_prefix_in(".tidegate-bench-", parent),
            name.as_ref(),
        )
    }

    fn below(directory: std::io::Result<TempDir>, name: &Path) -> Result<Self> {
        let directory = directory
            .map_err(|error| Failure::io("cannot make a directory for the benchmark", &error))?;
        Ok(Self {
            file: directory.path().join(name),
            _directory: directory,
        })
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}

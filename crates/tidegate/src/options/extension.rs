//! A loadable extension, brought into every connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::functions::Addition;
use super::validate::named;
use crate::error::{Error, Result};
use crate::ffi;

/// A shared library with SQLite's interface of extensions.
pub(crate) struct Extension {
    path: PathBuf,
    name: String,
    entry: Option<String>,
}

impl Extension {
    pub(crate) fn new(path: &Path, entry: Option<&str>) -> Self {
        Self {
            path: path.to_owned(),
            name: path.to_string_lossy().into_owned(),
            entry: entry.map(ToOwned::to_owned),
        }
    }
}

impl Addition for Extension {
    fn name(&self) -> &str {
        &self.name
    }

    fn validate(&self) -> Result<()> {
        named("load_extension", Some(&self.name))?;
        named("load_extension", self.entry.as_deref())
    }

    fn register(self: Arc<Self>, connection: &Connection) -> rusqlite::Result<()> {
        ffi::load_extension(connection, &self.path, self.entry.as_deref()).map_err(|error| {
            let error = Error::misuse(format!("the extension cannot be loaded: {error}"));
            rusqlite::Error::UserFunctionError(Box::new(error))
        })
    }
}

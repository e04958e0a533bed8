//! The blocking calls that concern keys.

use std::path::Path;

use super::Database;
use crate::error::Result;

/// Encryption. Needs the feature `encryption`.
impl Database {
    /// Encrypts the database with another key. See [`rekey`](crate::Database::rekey).
    ///
    /// # Errors
    /// As [`rekey`](crate::Database::rekey).
    pub fn rekey(&self, key: crate::Key) -> Result<()> {
        self.limits.wait(self.inner.rekey(key))
    }

    /// Copies the content into a new plain file. See [`export_plain`](crate::Database::export_plain).
    ///
    /// # Errors
    /// As [`export_plain`](crate::Database::export_plain).
    pub fn export_plain(&self, path: impl AsRef<Path>) -> Result<()> {
        self.limits.wait(self.inner.export_plain(path))
    }

    /// Copies the content into a new encrypted file. See [`export_encrypted`](crate::Database::export_encrypted).
    ///
    /// # Errors
    /// As [`export_encrypted`](crate::Database::export_encrypted).
    pub fn export_encrypted(&self, path: impl AsRef<Path>, key: crate::Key) -> Result<()> {
        self.limits.wait(self.inner.export_encrypted(path, key))
    }

    /// Takes the content of a plain file. See [`import_plain`](crate::Database::import_plain).
    ///
    /// # Errors
    /// As [`import_plain`](crate::Database::import_plain).
    pub fn import_plain(&self, path: impl AsRef<Path>) -> Result<()> {
        self.limits.wait(self.inner.import_plain(path))
    }

    /// Takes the content of an encrypted file. See [`import_encrypted`](crate::Database::import_encrypted).
    ///
    /// # Errors
    /// As [`import_encrypted`](crate::Database::import_encrypted).
    pub fn import_encrypted(&self, path: impl AsRef<Path>, key: crate::Key) -> Result<()> {
        self.limits.wait(self.inner.import_encrypted(path, key))
    }
}

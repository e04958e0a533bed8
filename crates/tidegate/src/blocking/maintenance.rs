//! The blocking calls that tend a database as a whole.

use std::path::Path;

use super::Database;
use crate::error::Result;
use crate::migrate::{Migrated, Migrations, MigrationsStatus};
use crate::wal::{Checkpoint, CheckpointMode};

/// The database as a whole. As their twins, these calls have no deadline unless the handle has one.
impl Database {
    /// Copies the database into a new file while others read and write. See [`backup`](crate::Database::backup).
    ///
    /// To see its progress or to overwrite a file: `db.as_async().backup(path).overwrite(true).wait()`.
    ///
    /// # Errors
    /// As [`backup`](crate::Database::backup).
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<()> {
        self.limits.wait(self.inner.backup(path))
    }

    /// Makes a compact copy of the database in a new file. See [`vacuum_into`](crate::Database::vacuum_into).
    ///
    /// To overwrite a file: `db.as_async().vacuum_into(path).overwrite(true).wait()`.
    ///
    /// # Errors
    /// As [`vacuum_into`](crate::Database::vacuum_into).
    pub fn vacuum_into(&self, path: impl AsRef<Path>) -> Result<()> {
        self.limits.wait(self.inner.vacuum_into(path))
    }

    /// Brings pages from the write-ahead log into the database file. See [`checkpoint`](crate::Database::checkpoint).
    ///
    /// # Errors
    /// As [`checkpoint`](crate::Database::checkpoint).
    pub fn checkpoint(&self, mode: CheckpointMode) -> Result<Checkpoint> {
        self.limits.wait(self.inner.checkpoint(mode))
    }

    /// Reads the whole file and gives what is wrong with it. See [`integrity_check`](crate::Database::integrity_check).
    ///
    /// # Errors
    /// As [`integrity_check`](crate::Database::integrity_check).
    pub fn integrity_check(&self) -> Result<Vec<String>> {
        self.limits.wait(self.inner.integrity_check())
    }

    /// As [`integrity_check`](Self::integrity_check), without comparing indexes with their tables.
    /// See [`quick_check`](crate::Database::quick_check).
    ///
    /// # Errors
    /// As [`quick_check`](crate::Database::quick_check).
    pub fn quick_check(&self) -> Result<Vec<String>> {
        self.limits.wait(self.inner.quick_check())
    }

    /// Refreshes the statistics of the query planner. See [`optimize`](crate::Database::optimize).
    ///
    /// # Errors
    /// As [`optimize`](crate::Database::optimize).
    pub fn optimize(&self) -> Result<()> {
        self.limits.wait(self.inner.optimize())
    }

    /// Rebuilds the whole file so that it takes no more space than its content. See
    /// [`vacuum`](crate::Database::vacuum).
    ///
    /// # Errors
    /// As [`vacuum`](crate::Database::vacuum).
    pub fn vacuum(&self) -> Result<()> {
        self.limits.wait(self.inner.vacuum())
    }

    /// Takes the steps that the database has not gone yet. See [`migrate`](crate::Database::migrate).
    ///
    /// # Errors
    /// As [`migrate`](crate::Database::migrate).
    pub fn migrate(&self, migrations: &Migrations) -> Result<Migrated> {
        self.limits.wait(self.inner.migrate(migrations))
    }

    /// Tells what [`migrate`](Self::migrate) would do. See
    /// [`migrations_status`](crate::Database::migrations_status).
    ///
    /// # Errors
    /// As [`migrations_status`](crate::Database::migrations_status).
    pub fn migrations_status(&self, migrations: &Migrations) -> Result<MigrationsStatus> {
        self.limits.wait(self.inner.migrations_status(migrations))
    }
}

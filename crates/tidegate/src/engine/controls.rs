//! The driver's own statements: BEGIN, COMMIT, SAVEPOINT and their like, compiled once per connection.

use rusqlite::{Connection, Statement};

use super::stepping::explain;
use crate::error::{Error, Result};

/// The driver's own statements, compiled once.
pub(super) struct Controls<'c> {
    pub(super) begin: Statement<'c>,
    pub(super) begin_immediate: Statement<'c>,
    pub(super) commit: Statement<'c>,
    pub(super) rollback: Statement<'c>,
    pub(super) savepoint: Statement<'c>,
    pub(super) release: Statement<'c>,
    pub(super) rollback_to: Statement<'c>,
}

impl<'c> Controls<'c> {
    pub(super) fn prepare(connection: &'c Connection) -> Result<Self> {
        let prepare = |sql: &str| {
            connection
                .prepare(sql)
                .map_err(|error| Error::from_sqlite(error, None))
        };
        Ok(Self {
            begin: prepare("BEGIN")?,
            begin_immediate: prepare("BEGIN IMMEDIATE")?,
            commit: prepare("COMMIT")?,
            rollback: prepare("ROLLBACK")?,
            savepoint: prepare("SAVEPOINT tidegate")?,
            release: prepare("RELEASE tidegate")?,
            rollback_to: prepare("ROLLBACK TO tidegate")?,
        })
    }
}

pub(super) fn step(statement: &mut Statement<'_>) -> Result<()> {
    match statement.raw_execute() {
        Ok(_) => Ok(()),
        Err(error) => Err(explain(Error::from_sqlite(error, None))),
    }
}

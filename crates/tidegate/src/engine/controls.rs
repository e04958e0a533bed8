//! The driver's own statements: BEGIN, COMMIT, SAVEPOINT and their like, compiled once per connection.

use rusqlite::{Connection, Statement};

use super::stepping::explain;
use crate::current;
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
    pub(super) guard: Statement<'c>,
    pub(super) release_guard: Statement<'c>,
    pub(super) rollback_to_guard: Statement<'c>,
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
            // Named apart: one that a panic left open must not be taken for a savepoint around it.
            guard: prepare("SAVEPOINT tidegate_statement")?,
            release_guard: prepare("RELEASE tidegate_statement")?,
            rollback_to_guard: prepare("ROLLBACK TO tidegate_statement")?,
        })
    }
}

pub(super) fn step(statement: &mut Statement<'_>) -> Result<()> {
    match current::firmly(|| statement.raw_execute()) {
        Ok(_) => Ok(()),
        Err(error) => Err(explain(Error::from_sqlite(error, None))),
    }
}

//! The file that keeps a database as it was before its schema changes.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::run::known_version;
use crate::core::Core;
use crate::draft::{self, Draft};
use crate::error::{Error, Result};
use crate::upkeep::{go_on, vacuum_into};

/// Saves a database that has something to lose. Gives the version that was saved, which is another than `from` where
/// another process has taken steps meanwhile.
pub(super) fn take(
    core: &Core,
    connection: &Connection,
    mut from: u32,
    latest: u32,
) -> Result<(u32, Option<PathBuf>)> {
    if core.options.is_memory() || is_empty(connection)? {
        return Ok((from, None));
    }
    let database = &core.options.path;
    while from < latest {
        let (free, older) = names(database, from);
        let draft = Draft::begin(&free, false, database)?;
        vacuum_into(connection, draft.path()).map_err(explain)?;
        let now = known_version(connection, latest)?;
        if now != from {
            from = now;
            continue;
        }
        if let Some(same) = find_equal(draft.path(), older)? {
            return Ok((from, Some(same)));
        }
        go_on()?;
        match draft.publish() {
            Ok(()) => return Ok((from, Some(free))),
            // Another process has taken the name: its copy may well be the same.
            Err(_) if free.exists() => {}
            Err(error) => return Err(explain(error)),
        }
    }
    Ok((from, None))
}

fn explain(error: Error) -> Error {
    error.context("saving the database before its migration")
}

fn is_empty(connection: &Connection) -> Result<bool> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(|error| Error::from_sqlite(error, Some(sql)))
}

/// The first free name for a snapshot, and the names before it.
fn names(database: &Path, version: u32) -> (PathBuf, Vec<PathBuf>) {
    let name = |number: u32| match number {
        1 => draft::beside(database, &format!(".v{version}.bak")),
        _ => draft::beside(database, &format!(".v{version}.{number}.bak")),
    };
    let mut older = Vec::new();
    let mut number = 1;
    while name(number).exists() {
        older.push(name(number));
        number += 1;
    }
    (name(number), older)
}

fn find_equal(draft: &Path, older: Vec<PathBuf>) -> Result<Option<PathBuf>> {
    for path in older {
        if draft::are_equal(draft, &path)? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

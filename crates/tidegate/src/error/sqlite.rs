//! From SQLite's result codes to kinds of error.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rusqlite::{Error as Sqlite, ffi};

use super::{Constraint, Error, ErrorKind};

impl Error {
    /// The error for a failure reported by SQLite while working on `sql`.
    ///
    /// The binding's own error is not kept as a source: its text may quote bound values.
    pub(crate) fn from_sqlite(error: Sqlite, sql: Option<&str>) -> Self {
        let mut mapped = match error {
            Sqlite::SqliteFailure(code, message) => of_code(code.extended_code, message),
            Sqlite::SqlInputError {
                error,
                msg,
                sql,
                offset,
            } => of_input(error.extended_code, msg, &sql, offset),
            other => of_binding(other),
        };
        if mapped.0.sql.is_none() {
            mapped.0.sql = sql.map(Arc::from);
        }
        mapped
    }
}

fn of_code(code: i32, message: Option<String>) -> Error {
    let message = message.unwrap_or_else(|| ffi::code_to_str(code).to_owned());
    let kind = kind_of(code);
    let constraint = (kind == ErrorKind::Constraint).then(|| Constraint::parse(code, &message));
    let mut error = Error::new(kind, explain(code, message));
    error.0.extended_code = Some(code);
    error.0.constraint = constraint;
    error
}

fn of_input(code: i32, message: String, sql: &str, offset: i32) -> Error {
    let mut error = of_code(code, Some(message));
    error.0.sql = Some(Arc::from(sql));
    error.0.sql_offset = usize::try_from(offset)
        .ok()
        .filter(|&offset| offset <= sql.len());
    error
}

/// By the primary code, except where an extended one is of another nature.
fn kind_of(code: i32) -> ErrorKind {
    match code & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL | ffi::SQLITE_SCHEMA => {
            ErrorKind::Busy
        }
        ffi::SQLITE_INTERRUPT | ffi::SQLITE_ABORT => ErrorKind::Cancelled,
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => ErrorKind::Constraint,
        ffi::SQLITE_READONLY => ErrorKind::ReadOnly,
        ffi::SQLITE_CORRUPT => ErrorKind::Corrupt,
        ffi::SQLITE_NOTADB => ErrorKind::NotADatabase,
        ffi::SQLITE_FULL => ErrorKind::DiskFull,
        ffi::SQLITE_TOOBIG | ffi::SQLITE_NOMEM => ErrorKind::TooBig,
        ffi::SQLITE_IOERR if code == ffi::SQLITE_IOERR_NOMEM => ErrorKind::TooBig,
        ffi::SQLITE_IOERR if code == ffi::SQLITE_IOERR_CORRUPTFS => ErrorKind::Corrupt,
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM | ffi::SQLITE_NOLFS => {
            ErrorKind::Io
        }
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE | ffi::SQLITE_AUTH => ErrorKind::Misuse,
        _ => ErrorKind::Query,
    }
}

/// Adds what SQLite's short texts leave out.
fn explain(code: i32, message: String) -> String {
    let why = match code {
        ffi::SQLITE_CANTOPEN_ISDIR => "it is a directory",
        ffi::SQLITE_CANTOPEN => "the directory may be missing, or the permission",
        ffi::SQLITE_IOERR_WRITE => "writing failed",
        ffi::SQLITE_IOERR_READ => "reading failed",
        ffi::SQLITE_IOERR_SHORT_READ => "the file is shorter than it should be",
        ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => "syncing to disk failed",
        ffi::SQLITE_IOERR_TRUNCATE => "truncating failed",
        ffi::SQLITE_IOERR_LOCK | ffi::SQLITE_IOERR_SHMLOCK => "locking failed",
        ffi::SQLITE_IOERR_SHMOPEN | ffi::SQLITE_IOERR_SHMMAP | ffi::SQLITE_IOERR_SHMSIZE => {
            "the shared-memory file beside the database could not be used"
        }
        ffi::SQLITE_READONLY_DBMOVED => "the database file was moved or deleted while open",
        ffi::SQLITE_READONLY_DIRECTORY => "the directory cannot be written",
        ffi::SQLITE_BUSY_SNAPSHOT => "another connection has written since this snapshot was taken",
        _ => return message,
    };
    format!("{message}: {why}")
}

/// Failures that the binding found by itself.
fn of_binding(error: Sqlite) -> Error {
    match error {
        Sqlite::MultipleStatement => {
            Error::misuse("more than one statement in one text: use `execute_batch`")
        }
        Sqlite::NulError(_) => Error::misuse("the SQL text contains a NUL byte"),
        Sqlite::QueryReturnedNoRows => Error::new(ErrorKind::NoRows, "the query returned no rows"),
        Sqlite::QueryReturnedMoreThanOneRow => {
            Error::misuse("the query returned more than one row")
        }
        Sqlite::ExecuteReturnedResults => Error::misuse("the statement returns rows: use `query`"),
        Sqlite::InvalidParameterCount(given, expected) => Error::misuse(format!(
            "the statement takes {expected} parameters, {given} were given"
        )),
        Sqlite::InvalidParameterName(name) => {
            Error::misuse(format!("the statement has no parameter `{name}`"))
        }
        Sqlite::InvalidColumnIndex(index) => Error::misuse(format!("there is no column {index}")),
        Sqlite::InvalidColumnName(name) => Error::misuse(format!("there is no column `{name}`")),
        Sqlite::InvalidPath(path) => {
            Error::misuse(format!("the path {} cannot be used", path.display()))
        }
        Sqlite::InvalidColumnType(index, name, found) => {
            of_column(index, Some(name), &found.to_string())
        }
        Sqlite::FromSqlConversionFailure(index, found, _) => {
            of_column(index, None, &found.to_string())
        }
        Sqlite::IntegralValueOutOfRange(index, _) => of_column(index, None, "INTEGER out of range"),
        Sqlite::Utf8Error(index, _) => of_column(index, None, "TEXT that is not UTF-8"),
        Sqlite::UnwindingPanic => Error::new(ErrorKind::Panicked, "a user function panicked"),
        Sqlite::BlobSizeError => Error::misuse("the read or write does not lie inside the blob"),
        Sqlite::InvalidQuery => Error::misuse("the query is not read-only"),
        Sqlite::UserFunctionError(error) => Error::application(error),
        _ => Error::new(ErrorKind::Query, "SQLite refused the call"),
    }
}

fn of_column(index: usize, name: Option<String>, found: &str) -> Error {
    let index = Some(index).filter(|&index| index != usize::MAX);
    let message = format!("a column holds {found}, which does not fit");
    let conversion = super::Conversion {
        index,
        name,
        expected: "another type".to_owned(),
        found: found.to_owned(),
    };
    Error::conversion_failed(conversion, message)
}

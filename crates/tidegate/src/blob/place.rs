//! Where a blob is, and how SQLite opens it.

use rusqlite::blob::Blob;
use rusqlite::{MAIN_DB, ffi};

use super::job::PIECE_MAX;
use crate::authorizer::Facts;
use crate::current;
use crate::engine::{self, Engine};
use crate::error::{Conversion, Error, ErrorKind, Result};
use crate::sync::Arc;

/// One column of one row.
pub(super) struct Place {
    table: String,
    column: String,
    rowid: i64,
}

impl Place {
    pub(super) fn new(table: String, column: String, rowid: i64) -> Self {
        Self {
            table,
            column,
            rowid,
        }
    }

    pub(super) fn open_to_read<'c>(&self, engine: &Engine<'c>) -> Result<Blob<'c>> {
        self.open(engine, true)
    }

    /// Opens it for writing, and counts its table as written: SQLite's own hooks do not see such writes.
    pub(super) fn open_to_write<'c>(&self, engine: &mut Engine<'c>) -> Result<Blob<'c>> {
        let blob = self.open(engine, false)?;
        let names = engine.facts(&format!(
            "SELECT 1 FROM main.\"{}\"",
            self.table.replace('"', "\"\"")
        ))?;
        let facts = Facts {
            writes: names.reads.clone(),
            ..Facts::default()
        };
        engine.collector().wrote(&Arc::new(facts));
        Ok(blob)
    }

    /// All its bytes; a deadline holds between two pieces.
    pub(super) fn read_whole(&self, engine: &Engine<'_>) -> Result<Vec<u8>> {
        let blob = self.open_to_read(engine)?;
        let mut bytes = vec![0; blob.len()];
        for (index, piece) in bytes.chunks_mut(PIECE_MAX).enumerate() {
            if current::must_stop() {
                return Err(engine::interrupted());
            }
            blob.read_at_exact(piece, index * PIECE_MAX)
                .map_err(|error| self.explain(error))?;
        }
        Ok(bytes)
    }

    fn open<'c>(&self, engine: &Engine<'c>, read_only: bool) -> Result<Blob<'c>> {
        let (table, column) = (self.table.as_str(), self.column.as_str());
        engine
            .connection()
            .blob_open(MAIN_DB, table, column, self.rowid, read_only)
            .map_err(|error| self.explain(error))
    }

    /// SQLite tells these failures apart by their texts alone. The row id is a value, and stays out of the message.
    pub(super) fn explain(&self, error: rusqlite::Error) -> Error {
        let explained = match &error {
            rusqlite::Error::NulError(_) => Some(Error::misuse("a name contains a NUL byte")),
            rusqlite::Error::SqliteFailure(code, text) => {
                self.explain_failure(code.extended_code, text.as_deref().unwrap_or_default())
            }
            _ => None,
        };
        explained
            .unwrap_or_else(|| engine::explain(Error::from_sqlite(error, None)))
            .context(format!("blob in `{}`.`{}`", self.table, self.column))
    }

    fn explain_failure(&self, code: i32, text: &str) -> Option<Error> {
        let explained = match (code, text.strip_prefix("cannot open ")) {
            (ffi::SQLITE_ABORT, _) => {
                Error::misuse("its row was changed or deleted while the blob was open")
            }
            (ffi::SQLITE_ERROR, Some(rest)) => match rest.strip_prefix("value of type ") {
                Some(found) => self.wrong_type(found),
                None => Error::misuse(text.to_owned()),
            },
            (ffi::SQLITE_ERROR, None) if text.starts_with("no such rowid") => {
                Error::new(ErrorKind::NoRows, "there is no row with this row id")
            }
            _ => return None,
        };
        Some(explained)
    }

    fn wrong_type(&self, found: &str) -> Error {
        let found = found.to_ascii_uppercase();
        let message = format!("it holds {found}, not BLOB or TEXT");
        let conversion = Conversion {
            index: None,
            name: Some(self.column.clone()),
            expected: "BLOB or TEXT".to_owned(),
            found,
        };
        Error::conversion_failed(conversion, message)
    }
}

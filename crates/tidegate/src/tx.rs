//! The view of an open transaction that closures get: statements, typed rows, savepoints.

use std::fmt;
use std::ops::{ControlFlow, Deref, DerefMut};

use serde::de::DeserializeOwned;

use crate::decode::{ColumnNames, decode_row};
use crate::engine::{EachRow, Engine, Executed};
use crate::error::{Error, ErrorKind, Result};
use crate::params::{IntoParams, Params};
use crate::row::RowRef;

/// What a transaction needs of the connection under it.
pub(crate) trait Run {
    fn run(&mut self, sql: &str, params: Params, each: &mut EachRow<'_>) -> Result<Executed>;
    fn run_many(
        &mut self,
        sql: &str,
        rows: &mut dyn Iterator<Item = Result<Params>>,
    ) -> Result<u64>;
    fn run_batch(&mut self, sql: &str) -> Result<()>;
    fn savepoint(&mut self) -> Result<()>;
    fn release(&mut self) -> Result<()>;
    fn rollback_to_savepoint(&mut self) -> Result<()>;
}

impl Run for Engine<'_> {
    fn run(&mut self, sql: &str, params: Params, each: &mut EachRow<'_>) -> Result<Executed> {
        Engine::run(self, sql, params, each)
    }

    fn run_many(
        &mut self,
        sql: &str,
        rows: &mut dyn Iterator<Item = Result<Params>>,
    ) -> Result<u64> {
        Engine::run_many(self, sql, rows)
    }

    fn run_batch(&mut self, sql: &str) -> Result<()> {
        Engine::run_batch(self, sql)
    }

    fn savepoint(&mut self) -> Result<()> {
        self.nested_savepoint()
    }

    fn release(&mut self) -> Result<()> {
        self.nested_release()
    }

    fn rollback_to_savepoint(&mut self) -> Result<()> {
        self.nested_rollback()
    }
}

/// A read transaction: every statement sees the same state of the database.
///
/// Closures given to [`Database::read`](crate::Database::read) get one; they run on a connection's own thread and may
/// take their time without holding up the caller's executor.
pub struct ReadTx<'t> {
    run: &'t mut (dyn Run + 't),
}

impl fmt::Debug for ReadTx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadTx").finish_non_exhaustive()
    }
}

impl<'t> ReadTx<'t> {
    pub(crate) fn new(run: &'t mut (dyn Run + 't)) -> Self {
        Self { run }
    }

    /// Runs a query and gives all its rows.
    ///
    /// `T` is a tuple (columns by position), a struct with `serde::Deserialize` (columns by name), a single value, or
    /// [`Row`](crate::Row).
    ///
    /// # Errors
    /// [`Query`](ErrorKind::Query) for wrong SQL, [`Misuse`](ErrorKind::Misuse) for parameters that do not fit it,
    /// [`Conversion`](ErrorKind::Conversion) for a column that is no `T`, [`ReadOnly`](ErrorKind::ReadOnly) for a
    /// statement that writes inside a read.
    pub fn query<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        params: impl IntoParams,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.decode_each(sql, params.into_params()?, |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// The first row of a query, if it has any; further rows are not fetched.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn query_opt<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        params: impl IntoParams,
    ) -> Result<Option<T>> {
        let mut first = None;
        self.decode_each(sql, params.into_params()?, |row| {
            first = Some(row);
            ControlFlow::Break(())
        })?;
        Ok(first)
    }

    /// The first row of a query.
    ///
    /// # Errors
    /// [`NoRows`](ErrorKind::NoRows) if there is none; otherwise as [`query`](Self::query).
    pub fn query_one<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        params: impl IntoParams,
    ) -> Result<T> {
        self.query_opt(sql, params)?.ok_or_else(no_rows)
    }

    /// The only column of the first row.
    ///
    /// # Errors
    /// As [`query_one`](Self::query_one).
    pub fn query_scalar<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        params: impl IntoParams,
    ) -> Result<T> {
        self.query_one::<(T,)>(sql, params).map(|(value,)| value)
    }

    /// Shows each row to a closure without collecting them; the closure may break off.
    ///
    /// # Errors
    /// As [`query`](Self::query), and whatever the closure returns.
    pub fn query_each(
        &mut self,
        sql: &str,
        params: impl IntoParams,
        mut each: impl FnMut(&RowRef<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let params = params.into_params()?;
        let names = ColumnNames::new();
        self.run
            .run(sql, params, &mut |row| each(&RowRef::new(row, &names)))?;
        Ok(())
    }

    fn decode_each<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        params: Params,
        mut take: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<()> {
        let names = ColumnNames::new();
        let mut each = |row: &rusqlite::Row<'_>| Ok(take(decode_row(row, &names)?));
        self.run.run(sql, params, &mut each)?;
        Ok(())
    }
}

pub(crate) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows, "the query gave no row")
}

/// A write transaction, or a part of one: see [`Database::write`](crate::Database::write).
///
/// It reads as a [`ReadTx`] does, and sees its own changes. Whatever fails, panics or is stopped inside it is undone
/// whole. Functions that only read should take `&mut ReadTx`; a `&mut Tx` serves as one.
pub struct Tx<'t> {
    read: ReadTx<'t>,
    last_insert_rowid: i64,
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl<'t> Deref for Tx<'t> {
    type Target = ReadTx<'t>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.read
    }
}

impl<'t> Tx<'t> {
    pub(crate) fn new(run: &'t mut (dyn Run + 't)) -> Self {
        Self {
            read: ReadTx::new(run),
            last_insert_rowid: 0,
        }
    }

    /// Runs one statement to its end and gives the number of rows it changed. Rows that it yields are dropped.
    ///
    /// # Errors
    /// As [`ReadTx::query`], and [`Constraint`](ErrorKind::Constraint) with the constraint's name, table and columns.
    pub fn execute(&mut self, sql: &str, params: impl IntoParams) -> Result<u64> {
        self.execute_params(sql, params.into_params()?)
    }

    pub(crate) fn execute_params(&mut self, sql: &str, params: Params) -> Result<u64> {
        let done = self
            .read
            .run
            .run(sql, params, &mut |_| Ok(ControlFlow::Continue(())))?;
        self.last_insert_rowid = done.rowid;
        Ok(done.changes)
    }

    /// Runs one statement once per row of parameters, and gives the number of rows changed in all.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); [`Error::item`] is the index of the row that failed.
    pub fn execute_many<P: IntoParams>(
        &mut self,
        sql: &str,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<u64> {
        let mut rows = rows.into_iter().map(IntoParams::into_params);
        self.read.run.run_many(sql, &mut rows)
    }

    /// Runs several statements separated by semicolons, without parameters.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first statement that fails.
    pub fn execute_batch(&mut self, sql: &str) -> Result<()> {
        self.read.run.run_batch(sql)
    }

    /// The row id of the last row inserted by [`execute`](Self::execute) in this transaction's connection.
    #[must_use]
    pub fn last_insert_rowid(&self) -> i64 {
        self.last_insert_rowid
    }

    /// Runs a closure whose work is undone by itself if it returns an error or panics.
    ///
    /// # Errors
    /// What the closure returns, after its changes have been rolled back; the transaction goes on.
    pub fn savepoint<R>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<R>) -> Result<R> {
        self.read.run.savepoint()?;
        let mut inner = Tx::new(&mut *self.read.run);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut inner)));
        match outcome.unwrap_or_else(|payload| Err(Error::panicked(payload))) {
            Ok(value) => {
                self.read.run.release()?;
                Ok(value)
            }
            Err(error) => {
                // It fails only where SQLite has rolled the whole transaction back, which the driver notices by itself.
                let _ = self.read.run.rollback_to_savepoint();
                Err(error)
            }
        }
    }
}

//! Running one prepared statement to its end, and naming what stopped it.

use rusqlite::StatementStatus;

use super::EachRow;
use crate::current;
use crate::error::{Error, ErrorKind, Result};
use crate::job::stopped;
use crate::options::take_function_error;
use crate::params::Params;
use crate::redo::Observer;
use crate::statement::Prepared;

pub(crate) const SNAPSHOT_TOO_OLD: &str =
    "the snapshot reached its maximum age and was ended, so that the write-ahead log can shrink";

/// Turns SQLite's bare interruption into the reason that the current job gives.
pub(crate) fn explain(error: Error) -> Error {
    let stopped_by_us =
        matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Busy) && current::must_stop();
    match stopped_by_us {
        true => interrupted(),
        false => error,
    }
}

/// The error of a statement that the current job's state forbids to run on.
pub(crate) fn interrupted() -> Error {
    if current::is_past_limit() {
        return Error::new(ErrorKind::Deadline, SNAPSHOT_TOO_OLD);
    }
    current::with_job(|job| stopped(job.control()))
        .unwrap_or_else(|| Error::new(ErrorKind::Cancelled, "interrupted"))
}

/// Why a statement did not run to its end.
pub(super) enum Failure {
    /// SQLite refused it.
    Sqlite(rusqlite::Error),
    /// The code that looked at its rows did.
    Ours(Error),
}

impl Failure {
    pub(super) fn into_error(self, sql: &str, params: &Params) -> Error {
        match self {
            Self::Ours(error) => error,
            Self::Sqlite(error) => match take_function_error(&error) {
                Some(of_function) => of_function.redact(params),
                None => explain(Error::from_sqlite(error, Some(sql))).redact(params),
            },
        }
    }
}

impl Prepared<'_> {
    /// Binds and steps to the end, so that no half-run statement ever holds a lock or loses a row.
    pub(super) fn run_bound(
        &mut self,
        params: &Params,
        observe: bool,
        each: &mut EachRow<'_>,
    ) -> Result<Observer, Failure> {
        params.bind(&mut self.statement).map_err(Failure::Ours)?;
        let outcome = self.step_all(observe, each);
        if !params.is_empty() {
            self.statement.clear_bindings();
        }
        outcome
    }

    /// Binds and runs a statement that gives no rows, and tells how many it changed. The values stay bound.
    pub(super) fn run_without_rows(&mut self, params: &Params) -> Result<u64, Failure> {
        params.bind(&mut self.statement).map_err(Failure::Ours)?;
        let changed = self.statement.raw_execute().map_err(Failure::Sqlite)?;
        Ok(changed as u64)
    }

    /// Whether SQLite compiled the statement again because the schema moved: its facts are out of date.
    pub(super) fn was_compiled_anew(&self) -> bool {
        self.statement.get_status(StatementStatus::RePrepare) > 0
    }

    fn step_all(&mut self, observe: bool, each: &mut EachRow<'_>) -> Result<Observer, Failure> {
        let mut observer = Observer::default();
        let mut wanted = true;
        let mut rows = self.statement.raw_query();
        while let Some(row) = rows.next().map_err(Failure::Sqlite)? {
            if !wanted {
                continue;
            }
            observer.row(row, observe);
            wanted = each(row).map_err(Failure::Ours)?.is_continue();
            if !wanted && self.facts.read_only {
                break;
            }
        }
        Ok(observer)
    }
}

//! The calls that tend a database as a whole: checking, compacting, checkpoints, statistics for the planner.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::call::Call;
use crate::core::Target;
use crate::current;
use crate::database::Database;
use crate::draft::{self, Draft};
use crate::engine::{Engine, explain, interrupted};
use crate::error::{Error, ErrorKind, Result};
use crate::file_call::FileCall;
use crate::job::Mode;
use crate::options::Options;
use crate::stats::CallClass;
use crate::sync::Ordering;
use crate::wal::{self, Checkpoint, CheckpointMode};

/// `ANALYZE` where it helps, within SQLite's own limit of rows, for all tables: the writer's connection does not know
/// what the readers have queried.
const OPTIMIZE: &str = "PRAGMA optimize(0x10012)";

/// The database as a whole. These calls have no deadline unless [`Call::deadline`] sets one, because what they take
/// grows with the file. They run one after the other on a thread of their own, except where it is said; in a database
/// in memory they run on its only connection, and other calls wait for them.
impl Database {
    /// Makes a compact copy of the database in a new file, by `VACUUM INTO`. It shows one state, and writers go on.
    ///
    /// As for [`backup`](Self::backup), the file appears whole under its name or not at all. `backup` is faster and
    /// keeps the free pages; this needs no more space than the content.
    ///
    /// # Errors
    /// As [`backup`](Self::backup).
    ///
    /// # Cancel safety
    /// Dropping the future stops the copying and removes what there is of the file.
    pub fn vacuum_into(&self, path: impl AsRef<Path>) -> FileCall {
        let (path, handle) = (path.as_ref().to_owned(), self.handle().clone());
        FileCall::new(|overwrite| {
            self.maintenance_job(Target::Maintenance, move |engine| {
                let options = &handle.core().options;
                let draft = begin_copy(options, &path, overwrite.is_set())?;
                vacuum_into(engine.connection(), draft.path())?;
                publish(draft)
            })
        })
    }

    /// Brings pages from the write-ahead log into the database file; the driver does so by itself, too.
    ///
    /// All modes but [`Passive`](CheckpointMode::Passive) wait for readers and writers, at most for
    /// [`Options::busy_timeout`]. A checkpoint that was kept from finishing is no error: it says
    /// [`busy`](Checkpoint::busy). Without a log (in memory, or with another journal) there is nothing to do.
    ///
    /// # Errors
    /// [`ReadOnly`](ErrorKind::ReadOnly) for a database opened read-only, [`Io`](ErrorKind::Io),
    /// [`DiskFull`](ErrorKind::DiskFull), and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future stops its waiting. What has been copied stays copied, which harms nothing.
    pub fn checkpoint(&self, mode: CheckpointMode) -> Call<Checkpoint> {
        if self.options().read_only {
            return Call::refused(Error::read_only("the database was opened read-only"));
        }
        let pages = self.core().wal.pages.clone();
        self.maintenance_job(Target::Maintenance, move |engine| {
            let before = pages.load(Ordering::Relaxed);
            let done = wal::checkpoint(engine.connection(), mode)?;
            if done.busy {
                // It may have given up waiting because its own time was over.
                go_on()?;
            }
            let is_emptied = mode == CheckpointMode::Truncate && !done.busy;
            if is_emptied {
                // Unless the writer has told of a newer commit meanwhile.
                let _ = pages.compare_exchange(before, 0, Ordering::Relaxed, Ordering::Relaxed);
            }
            Ok(done)
        })
    }

    /// Reads the whole file and gives what is wrong with it, at most 100 findings: damaged pages, rows that an index
    /// does not have, values that a constraint does not allow, rows whose foreign key leads nowhere. Nothing found
    /// means a sound database.
    ///
    /// # Errors
    /// What every call can answer; damage is a finding, not an error.
    ///
    /// # Cancel safety
    /// Dropping the future stops the check.
    pub fn integrity_check(&self) -> Call<Vec<String>> {
        self.check_job("PRAGMA integrity_check")
    }

    /// As [`integrity_check`](Self::integrity_check), without comparing indexes with their tables: much faster.
    ///
    /// # Errors
    /// As [`integrity_check`](Self::integrity_check).
    ///
    /// # Cancel safety
    /// As [`integrity_check`](Self::integrity_check).
    pub fn quick_check(&self) -> Call<Vec<String>> {
        self.check_job("PRAGMA quick_check")
    }

    fn check_job(&self, pragma: &'static str) -> Call<Vec<String>> {
        self.maintenance_job(Target::Maintenance, move |engine| {
            engine.begin_read()?;
            let mut findings = Vec::new();
            let connection = engine.connection();
            collect(connection, pragma, &mut findings, integrity_finding)?;
            collect(
                connection,
                "PRAGMA foreign_key_check",
                &mut findings,
                foreign_key_finding,
            )?;
            Ok(findings)
        })
    }

    /// Refreshes the statistics by which SQLite chooses its plans, where that promises to help; a good thing to do
    /// once a day, and after loading much data. Runs on the writer.
    ///
    /// # Errors
    /// What every write can answer.
    ///
    /// # Cancel safety
    /// Dropping the future: the statistics are either refreshed or as they were.
    pub fn optimize(&self) -> Call<()> {
        self.writer_job(|engine| {
            engine.begin_write()?;
            run_sql(engine.connection(), OPTIMIZE)?;
            engine.commit()
        })
    }

    /// Rebuilds the whole file so that it takes no more space than its content. Writers wait meanwhile, and the
    /// write-ahead log grows by the size of the database for a while.
    ///
    /// # Errors
    /// [`Busy`](ErrorKind::Busy) if another process is writing, [`DiskFull`](ErrorKind::DiskFull), and what every
    /// write can answer.
    ///
    /// # Cancel safety
    /// Dropping the future: the file has been rebuilt or is as it was.
    pub fn vacuum(&self) -> Call<()> {
        self.writer_job(|engine| run_sql(engine.connection(), "VACUUM").map_err(Error::of_commit))
    }

    fn writer_job<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Engine<'_>) -> Result<R> + Send + 'static,
    ) -> Call<R> {
        if self.options().read_only {
            return Call::refused(Error::read_only("the database was opened read-only"));
        }
        let handle = self.handle().clone();
        self.maintenance_job(Target::Writer, move |engine| {
            let done = work(engine);
            handle.core().wal.note_commit();
            done
        })
    }

    /// A call without a deadline that manages transactions by itself.
    pub(crate) fn maintenance_job<R: Send + 'static>(
        &self,
        target: Target,
        work: impl FnOnce(&mut Engine<'_>) -> Result<R> + Send + 'static,
    ) -> Call<R> {
        let route = self.route(target);
        Call::new(route, CallClass::Maintenance, Mode::Solo, work).deadline(Duration::MAX)
    }
}

/// Begins a file that is to be a copy of this database.
pub(crate) fn begin_copy(options: &Options, target: &Path, overwrite: bool) -> Result<Draft> {
    if !options.is_memory() {
        draft::refuse_own(target, &options.path)?;
    }
    Draft::begin(target, overwrite, &options.path)
}

/// Gives a finished copy its name, unless the call has been given up.
pub(crate) fn publish(draft: Draft) -> Result<()> {
    go_on()?;
    match current::enter_commit() {
        true => draft.publish(),
        false => Err(Error::new(ErrorKind::Cancelled, "given up while running")),
    }
}

/// The reason why the current call must not go on, if there is one.
pub(crate) fn go_on() -> Result<()> {
    match current::must_stop() {
        true => Err(interrupted()),
        false => Ok(()),
    }
}

/// Writes a compact copy into an existing empty file.
pub(crate) fn vacuum_into(connection: &Connection, path: &Path) -> Result<()> {
    let path = utf8(path)?;
    let sql = "VACUUM INTO ?";
    connection
        .execute(sql, [path])
        .map(drop)
        .map_err(|error| explain(Error::from_sqlite(error, Some(sql))))
}

/// A path as SQL can take it.
pub(crate) fn utf8(path: &Path) -> Result<String> {
    let text = path.to_str().map(|_| crate::connection::literal(path));
    text.map(PathBuf::into_os_string)
        .and_then(|text| text.into_string().ok())
        .ok_or_else(|| Error::misuse(format!("the path {} is not UTF-8", path.display())))
}

pub(crate) fn run_sql(connection: &Connection, sql: &str) -> Result<()> {
    connection
        .execute_batch(sql)
        .map_err(|error| explain(Error::from_sqlite(error, Some(sql))))
}

/// Adds what a checking pragma finds, each row as one line. A file too damaged to be checked is a finding, too.
fn collect(
    connection: &Connection,
    pragma: &str,
    findings: &mut Vec<String>,
    finding: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Option<String>>,
) -> Result<()> {
    let mut run = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare(pragma)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            findings.extend(finding(row)?);
        }
        Ok(())
    };
    let Err(error) = run() else { return Ok(()) };
    let error = explain(Error::from_sqlite(error, Some(pragma)));
    match error.kind() {
        ErrorKind::Corrupt | ErrorKind::NotADatabase | ErrorKind::Query => {
            findings.push(format!("{pragma} cannot go on: {error}"));
            Ok(())
        }
        _ => Err(error),
    }
}

fn integrity_finding(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<String>> {
    let text: String = row.get(0)?;
    Ok(Some(text).filter(|text| text != "ok"))
}

fn foreign_key_finding(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<String>> {
    let (table, rowid): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
    let (parent, number): (String, i64) = (row.get(2)?, row.get(3)?);
    let row = rowid.map_or_else(|| "a row".to_owned(), |rowid| format!("row {rowid}"));
    Ok(Some(format!(
        "foreign key {number} of {table}: {row} refers to a row that {parent} does not have"
    )))
}

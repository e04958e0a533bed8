//! A connection as its own thread uses it: runs statements, opens and closes transactions, keeps the redo log.

use std::ops::ControlFlow;
use std::rc::Rc;

use rusqlite::{Connection, Statement, StatementStatus};

use crate::authorizer::{Facts, Ledger};
use crate::changes::Collector;
use crate::current;
use crate::error::{Committed, Error, ErrorKind, Result};
use crate::ffi;
use crate::job::stopped;
use crate::params::Params;
use crate::redo::{Entry, Observer, Redo, Seen};
use crate::statement::{CacheCounts, Prepared, StatementCache};
use crate::sync::Arc;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Reader,
    Writer,
}

/// What one statement did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Executed {
    pub(crate) changes: u64,
    pub(crate) rowid: i64,
    pub(crate) rows: u64,
}

/// Called for each row; `Break` asks for no more of them.
pub(crate) type EachRow<'a> = dyn FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>> + 'a;

/// The driver's own statements, compiled once.
struct Controls<'c> {
    begin: Statement<'c>,
    begin_immediate: Statement<'c>,
    commit: Statement<'c>,
    rollback: Statement<'c>,
    savepoint: Statement<'c>,
    release: Statement<'c>,
    rollback_to: Statement<'c>,
}

impl<'c> Controls<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self> {
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

/// The position to which a member's work can be undone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    entries: usize,
    changes: usize,
    total_changes: u64,
}

/// When the wrapping savepoint of a closure is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrap {
    /// No savepoint is wanted.
    None,
    /// One is opened before the first statement that writes.
    BeforeWrite,
    /// It is open.
    Open,
}

pub(crate) struct Engine<'c> {
    connection: &'c Connection,
    statements: StatementCache<'c>,
    controls: Controls<'c>,
    role: Role,
    redo: Redo,
    collector: Collector,
    wrap: Wrap,
    /// How many changes were collected when each open nested savepoint began.
    nested: Vec<usize>,
    read_only_scope: bool,
    rows_read: u64,
}

impl<'c> Engine<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        ledger: Ledger,
        collector: Collector,
        role: Role,
        cache: usize,
    ) -> Result<Self> {
        Ok(Self {
            connection,
            statements: StatementCache::new(connection, ledger, cache),
            controls: Controls::prepare(connection)?,
            role,
            redo: Redo::default(),
            collector,
            wrap: Wrap::None,
            nested: Vec::new(),
            read_only_scope: role == Role::Reader,
            rows_read: 0,
        })
    }

    pub(crate) fn connection(&self) -> &'c Connection {
        self.connection
    }

    pub(crate) fn collector(&mut self) -> &mut Collector {
        &mut self.collector
    }

    /// Cache counts and rows read since the last call.
    pub(crate) fn take_counts(&mut self) -> (CacheCounts, u64) {
        (
            std::mem::take(&mut self.statements.counts),
            std::mem::take(&mut self.rows_read),
        )
    }

    /// Finalises all cached statements.
    pub(crate) fn forget_statements(&mut self) {
        self.statements.clear();
    }

    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Refuses writing statements until told otherwise; a reader's connection refuses them always.
    pub(crate) fn set_read_only(&mut self, read_only: bool) {
        self.read_only_scope = read_only || self.role == Role::Reader;
    }

    /// Runs one statement to its end, or until `each` breaks off.
    pub(crate) fn run(
        &mut self,
        sql: &str,
        params: Params,
        each: &mut EachRow<'_>,
    ) -> Result<Executed> {
        let observe = self.redo.is_recording();
        let (seen, sql, read_only) = self.run_once(sql, &params, observe, each)?;
        self.log(Entry::Statement { sql, params, seen });
        self.rows_read += seen.rows;
        Ok(Executed {
            changes: if read_only { 0 } else { seen.changes },
            rowid: seen.rowid,
            rows: seen.rows,
        })
    }

    fn run_once(
        &mut self,
        sql: &str,
        params: &Params,
        observe: bool,
        each: &mut EachRow<'_>,
    ) -> Result<(Seen, Rc<str>, bool)> {
        if current::must_stop() {
            return Err(self.interrupted());
        }
        let facts = self.statements.get(sql)?.facts.clone();
        self.admit(&facts)?;
        if !facts.read_only {
            self.wrap_write()?;
        }
        let prepared = self.statements.get(sql)?;
        prepared
            .run_bound(params, &facts, observe, each)
            .map_err(|failure| failure.into_error(sql, params))
            .map(|observer| self.conclude(sql, &facts, &observer))
    }

    fn conclude(
        &mut self,
        sql: &str,
        facts: &Arc<Facts>,
        observer: &Observer,
    ) -> (Seen, Rc<str>, bool) {
        let (changes, rowid) = if facts.read_only {
            (0, 0)
        } else {
            (
                self.connection.changes(),
                self.connection.last_insert_rowid(),
            )
        };
        let text = self.refresh(sql);
        if !facts.read_only {
            self.collector.wrote(facts);
        }
        (observer.seen(changes, rowid), text, facts.read_only)
    }

    /// Drops a statement that SQLite compiled anew because the schema moved: its facts are out of date.
    fn refresh(&mut self, sql: &str) -> Rc<str> {
        match self.statements.get(sql) {
            Ok(prepared) => {
                let text = prepared.sql.clone();
                if prepared.statement.get_status(StatementStatus::RePrepare) > 0 {
                    self.statements.remove(sql);
                    self.collector.wrote_anything();
                }
                text
            }
            Err(_) => sql.into(),
        }
    }

    fn admit(&self, facts: &Facts) -> Result<()> {
        if facts.is_empty {
            return Err(Error::misuse("the text holds no SQL statement"));
        }
        if self.read_only_scope && !facts.read_only {
            return Err(Error::read_only(
                "this statement writes, and a read may not: use write(), execute() or begin()",
            ));
        }
        if facts.solo && self.in_transaction() {
            return Err(Error::misuse(
                "SQLite runs this statement outside transactions only: give it to execute() by itself",
            ));
        }
        Ok(())
    }

    fn wrap_write(&mut self) -> Result<()> {
        if self.wrap == Wrap::BeforeWrite {
            self.savepoint()?;
            self.wrap = Wrap::Open;
        }
        Ok(())
    }

    /// Runs several statements. The caller has a transaction or savepoint around them.
    pub(crate) fn run_batch(&mut self, sql: &str) -> Result<()> {
        let mut rest = sql;
        while !crate::authorizer::first_token(rest).is_empty() {
            let length = ffi::statement_length(self.connection, rest);
            let (one, after) = rest.split_at(length);
            self.run(one, Params::default(), &mut |_| {
                Ok(ControlFlow::Continue(()))
            })?;
            rest = after;
        }
        Ok(())
    }

    /// The facts of a statement, compiling it if need be.
    pub(crate) fn facts(&mut self, sql: &str) -> Result<Arc<Facts>> {
        Ok(self.statements.get(sql)?.facts.clone())
    }

    /// The error of a statement that the current job's state forbids to run on.
    fn interrupted(&self) -> Error {
        if current::is_past_limit() {
            return Error::new(ErrorKind::Deadline, SNAPSHOT_TOO_OLD);
        }
        current::with_job(|job| stopped(job.control()))
            .unwrap_or_else(|| Error::new(ErrorKind::Cancelled, "interrupted"))
    }

    // Transactions.

    pub(crate) fn begin_read(&mut self) -> Result<()> {
        step(&mut self.controls.begin)
    }

    /// Begins a read transaction and fixes what it sees now, not at its first statement.
    pub(crate) fn begin_snapshot(&mut self) -> Result<()> {
        self.begin_read()?;
        let mut first = |_: &rusqlite::Row<'_>| Ok(ControlFlow::Break(()));
        self.run("SELECT 1 FROM sqlite_schema", Params::default(), &mut first)?;
        Ok(())
    }

    pub(crate) fn begin_write(&mut self) -> Result<()> {
        step(&mut self.controls.begin_immediate)
    }

    /// Commits; a transaction that could not be committed is rolled back.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let outcome = step(&mut self.controls.commit);
        if outcome.is_err() {
            self.rollback();
        }
        outcome.map_err(|error| {
            // The frames of the commit may have reached the file before the sync failed.
            let committed = match error.kind() {
                ErrorKind::Io => Committed::Unknown,
                _ => Committed::No,
            };
            error.with_committed(committed)
        })
    }

    /// Rolls back whatever is open; nothing is open afterwards.
    pub(crate) fn rollback(&mut self) {
        if self.in_transaction() {
            // ROLLBACK fails only where SQLite has rolled back by itself already.
            let _ = step(&mut self.controls.rollback);
        }
        self.collector.clear();
        self.nested.clear();
    }

    pub(crate) fn savepoint(&mut self) -> Result<()> {
        step(&mut self.controls.savepoint)
    }

    pub(crate) fn release(&mut self) -> Result<()> {
        step(&mut self.controls.release)
    }

    pub(crate) fn rollback_to_savepoint(&mut self) -> Result<()> {
        step(&mut self.controls.rollback_to)?;
        step(&mut self.controls.release)
    }

    // Members of a group.

    /// Begins the redo log of a new group.
    pub(crate) fn begin_group(&mut self) {
        self.redo.begin();
    }

    pub(crate) fn end_group(&mut self) {
        self.redo.stop();
    }

    pub(crate) fn group_is_sealed(&self) -> bool {
        self.redo.is_sealed()
    }

    /// Declares that what follows cannot be repeated from the log.
    pub(crate) fn seal_group(&mut self) {
        self.redo.seal();
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            entries: self.redo.len(),
            changes: self.collector.len(),
            total_changes: self.connection.total_changes(),
        }
    }

    /// The log entries since a mark, as positions.
    pub(crate) fn entries_since(&self, mark: Mark) -> std::ops::Range<usize> {
        mark.entries..self.redo.len()
    }

    /// Asks for a savepoint before the next writing statement.
    pub(crate) fn wrap_lazily(&mut self) {
        self.wrap = Wrap::BeforeWrite;
    }

    /// Closes the savepoint of a member that succeeded.
    pub(crate) fn unwrap_keeping(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.wrap, Wrap::None) {
            Wrap::Open => self.release(),
            _ => Ok(()),
        }
    }

    /// Undoes a member by itself; `false` when only the whole transaction can be rolled back.
    pub(crate) fn unwrap_undoing(&mut self, mark: Mark) -> bool {
        let wrap = std::mem::replace(&mut self.wrap, Wrap::None);
        self.redo.truncate(mark.entries);
        let undone = match wrap {
            _ if !self.in_transaction() => false,
            Wrap::Open => self.rollback_to_savepoint().is_ok(),
            Wrap::BeforeWrite => true,
            Wrap::None => self.connection.total_changes() == mark.total_changes,
        };
        if undone {
            self.collector.truncate(mark.changes);
        }
        undone
    }

    /// Whether deferred foreign keys are violated by what the transaction has done so far.
    pub(crate) fn has_deferred_violations(&self) -> bool {
        ffi::has_deferred_violations(self.connection)
    }

    pub(crate) fn detach_log(&mut self) -> Vec<Entry> {
        self.redo.detach()
    }

    pub(crate) fn attach_log(&mut self, entries: Vec<Entry>) {
        self.redo.attach(entries);
    }

    /// Takes a logged step again; an error if it shows anything but what it showed before.
    pub(crate) fn repeat(&mut self, entry: &Entry) -> Result<()> {
        match entry {
            Entry::Statement { sql, params, seen } => self.repeat_statement(sql, params, *seen),
            Entry::Savepoint => self.savepoint(),
            Entry::Release => self.release(),
            Entry::RollbackTo => self.rollback_to_savepoint(),
        }
    }

    fn repeat_statement(&mut self, sql: &str, params: &Params, before: Seen) -> Result<()> {
        let mut left = before.rows;
        let mut take = |_: &rusqlite::Row<'_>| {
            left = left.saturating_sub(1);
            Ok(match left {
                0 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            })
        };
        let (seen, ..) = self.run_once(sql, params, true, &mut take)?;
        if seen == before {
            return Ok(());
        }
        Err(Error::busy(
            "rolled back with a statement of another call, and what it had read has changed since: nothing was committed",
        ))
    }

    // Savepoints inside a member's closure.

    pub(crate) fn nested_savepoint(&mut self) -> Result<()> {
        self.wrap_write()?;
        self.savepoint()?;
        self.nested.push(self.collector.len());
        self.log(Entry::Savepoint);
        Ok(())
    }

    pub(crate) fn nested_release(&mut self) -> Result<()> {
        self.release()?;
        self.nested.pop();
        self.log(Entry::Release);
        Ok(())
    }

    pub(crate) fn nested_rollback(&mut self) -> Result<()> {
        let mark = self.nested.pop();
        self.rollback_to_savepoint()?;
        self.collector.truncate(mark.unwrap_or_default());
        self.log(Entry::RollbackTo);
        Ok(())
    }

    fn log(&mut self, entry: Entry) {
        if self.redo.is_recording() {
            self.redo.push(entry);
        }
    }
}

pub(crate) const SNAPSHOT_TOO_OLD: &str =
    "the snapshot reached its maximum age and was ended, so that the write-ahead log can shrink";

fn step(statement: &mut Statement<'_>) -> Result<()> {
    match statement.raw_execute() {
        Ok(_) => Ok(()),
        Err(error) => Err(explain(Error::from_sqlite(error, None))),
    }
}

/// Turns SQLite's bare interruption into the reason that the current job gives.
fn explain(error: Error) -> Error {
    let stopped_by_us =
        matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Busy) && current::must_stop();
    if !stopped_by_us {
        return error;
    }
    if current::is_past_limit() {
        return Error::new(ErrorKind::Deadline, SNAPSHOT_TOO_OLD);
    }
    current::with_job(|job| stopped(job.control())).unwrap_or(error)
}

/// Why a statement did not run to its end.
enum Failure {
    /// SQLite refused it.
    Sqlite(rusqlite::Error),
    /// The code that looked at its rows did.
    Ours(Error),
}

impl Failure {
    fn into_error(self, sql: &str, params: &Params) -> Error {
        match self {
            Self::Ours(error) => error,
            Self::Sqlite(error) => explain(Error::from_sqlite(error, Some(sql))).redact(params),
        }
    }
}

impl Prepared<'_> {
    /// Binds and steps to the end, so that no half-run statement ever holds a lock or loses a row.
    fn run_bound(
        &mut self,
        params: &Params,
        facts: &Facts,
        observe: bool,
        each: &mut EachRow<'_>,
    ) -> Result<Observer, Failure> {
        params.bind(&mut self.statement).map_err(Failure::Ours)?;
        let outcome = self.step_all(facts, observe, each);
        if !params.is_empty() {
            self.statement.clear_bindings();
        }
        outcome
    }

    fn step_all(
        &mut self,
        facts: &Facts,
        observe: bool,
        each: &mut EachRow<'_>,
    ) -> Result<Observer, Failure> {
        let mut observer = Observer::default();
        let mut wanted = true;
        let mut rows = self.statement.raw_query();
        while let Some(row) = rows.next().map_err(Failure::Sqlite)? {
            if !wanted {
                continue;
            }
            observer.row(row, observe);
            wanted = each(row).map_err(Failure::Ours)?.is_continue();
            if !wanted && facts.read_only {
                break;
            }
        }
        Ok(observer)
    }
}

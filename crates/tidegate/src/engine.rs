//! A connection as its own thread uses it: runs statements by the rules of what is open.

mod bulk;
mod controls;
mod group;
mod stepping;
mod transactions;

use std::ops::ControlFlow;

use rusqlite::Connection;

use crate::authorizer::{Facts, Ledger, first_token};
use crate::changes::Collector;
use crate::current;
use crate::error::{Error, Result};
use crate::ffi;
use crate::params::Params;
use crate::redo::{Entry, Observer, Redo, Seen};
use crate::statement::{CacheCounts, StatementCache, refuse_nul};
use crate::stats::Recorder;
use crate::sync::Arc;
use crate::trace;
pub(crate) use bulk::BULK;
use controls::{Controls, step};
pub(crate) use group::Mark;
use group::Wrap;
pub(crate) use stepping::{SNAPSHOT_TOO_OLD, explain, interrupted};

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
}

/// What an engine counts on its thread, to be recorded now and then.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    cache: CacheCounts,
    rows_read: u64,
    rows_changed: u64,
}

impl Counts {
    pub(crate) fn record(self, recorder: &Recorder) {
        recorder.statements(self.cache.hits, self.cache.misses);
        recorder.rows_read(self.rows_read);
        recorder.rows_changed(self.rows_changed);
    }
}

/// Called for each row; `Break` asks for no more of them.
pub(crate) type EachRow<'a> = dyn FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>> + 'a;

const CONTINUE: ControlFlow<()> = ControlFlow::Continue(());

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
    /// A transaction was begun and not ended by the driver.
    expects_transaction: bool,
    /// A statement of the current member has failed.
    has_failed: bool,
    /// Statements so far that change what SQLite does not count: the schema, a number in the file's header.
    uncounted: u64,
    counts: Counts,
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
            expects_transaction: false,
            has_failed: false,
            uncounted: 0,
            counts: Counts::default(),
        })
    }

    pub(crate) fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// Begins to collect what a transaction changes. Where that has just become wanted, statements are compiled anew,
    /// so that none deletes whole tables unseen.
    pub(crate) fn begin_changes(&mut self, ledger: &Ledger) {
        if self.collector.begin(self.connection, ledger) {
            self.statements.clear();
        }
    }

    pub(crate) fn collector(&mut self) -> &mut Collector {
        &mut self.collector
    }

    /// What was counted since the last call.
    pub(crate) fn take_counts(&mut self) -> Counts {
        Counts {
            cache: std::mem::take(&mut self.statements.counts),
            ..std::mem::take(&mut self.counts)
        }
    }

    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Refuses writing statements until told otherwise; a reader's connection refuses them always.
    pub(crate) fn set_read_only(&mut self, read_only: bool) {
        self.read_only_scope = read_only || self.role == Role::Reader;
    }

    /// The facts of a statement, compiling it if need be.
    pub(crate) fn facts(&mut self, sql: &str) -> Result<Arc<Facts>> {
        let at = self.statements.locate(sql)?;
        Ok(self.statements.at(at).facts.clone())
    }

    /// Runs one statement to its end, or until `each` breaks off.
    pub(crate) fn run(
        &mut self,
        sql: &str,
        params: Params,
        each: &mut EachRow<'_>,
    ) -> Result<Executed> {
        let logged = self.redo.is_recording();
        let seen = self
            .run_once(sql, &params, logged, each)
            .inspect_err(|_| self.has_failed = true)?;
        if logged {
            let sql = self.statements.text(sql);
            self.redo.push(Entry::Statement { sql, params, seen });
        }
        Ok(Executed {
            changes: seen.changes,
            rowid: seen.rowid,
        })
    }

    /// Runs several statements. The caller has a transaction or savepoint around them.
    pub(crate) fn run_batch(&mut self, sql: &str) -> Result<()> {
        refuse_nul(sql)?;
        let mut rest = sql;
        while !first_token(rest).is_empty() {
            let length = ffi::statement_length(self.connection, rest);
            let (one, after) = rest.split_at(length);
            let start = sql.len() - rest.len();
            self.run(one, Params::default(), &mut |_| Ok(CONTINUE))
                .map_err(|error| error.within_script(sql, start))?;
            rest = after;
        }
        Ok(())
    }

    fn run_once(
        &mut self,
        sql: &str,
        params: &Params,
        observe: bool,
        each: &mut EachRow<'_>,
    ) -> Result<Seen> {
        trace::statement(sql);
        if current::is_given_up() {
            return Err(interrupted());
        }
        self.still_open()?;
        let at = self.statements.locate(sql)?;
        let prepared = self.statements.at(at);
        admit(&prepared.facts, self.read_only_scope, self.connection)?;
        if !prepared.facts.read_only {
            return self.write_once(at, sql, params, observe, each);
        }
        let outcome = prepared.run_bound(params, observe, each);
        if prepared.was_compiled_anew() {
            self.statements.remove(sql);
            self.collector.wrote_anything();
        }
        let observer = outcome.map_err(|failure| failure.into_error(sql, params))?;
        self.counts.rows_read += observer.rows();
        Ok(observer.seen(0, 0))
    }

    fn write_once(
        &mut self,
        at: usize,
        sql: &str,
        params: &Params,
        observe: bool,
        each: &mut EachRow<'_>,
    ) -> Result<Seen> {
        if self.wrap == Wrap::BeforeWrite {
            step(&mut self.controls.savepoint)?;
            self.wrap = Wrap::Open;
        }
        let before = self.before_write();
        let prepared = self.statements.at(at);
        let facts = &prepared.facts;
        // Whoever looks at the rows may refuse them, and then the statement must be undone although SQLite ran it.
        let is_guarded = facts.has_columns && !facts.writes.is_empty();
        if is_guarded {
            step(&mut self.controls.guard)?;
        }
        let is_uncounted = facts.changes_schema || facts.writes.is_empty();
        let outcome = prepared.run_bound(params, observe, each);
        let is_stale = prepared.was_compiled_anew();
        self.collector.wrote(&prepared.facts);
        if is_stale {
            self.statements.remove(sql);
            self.collector.wrote_anything();
        }
        let is_refused = matches!(outcome, Err(stepping::Failure::Ours(_)));
        let kept = match is_guarded {
            true => self.close_guard(is_refused),
            false => Ok(()),
        };
        match outcome.map_err(|failure| failure.into_error(sql, params)) {
            Ok(observer) => {
                self.uncounted += u64::from(is_uncounted);
                kept.map(|()| self.conclude_write(&observer, &before))
            }
            Err(error) => {
                self.forget_failed(&before, is_guarded && is_refused);
                Err(error)
            }
        }
    }

    fn before_write(&self) -> BeforeWrite {
        BeforeWrite {
            total_changes: self.connection.total_changes(),
            rowid: self.connection.last_insert_rowid(),
            collected: self.collector.len(),
        }
    }

    fn close_guard(&mut self, is_refused: bool) -> Result<()> {
        if is_refused {
            step(&mut self.controls.rollback_to_guard)?;
        }
        // Both fail where the transaction is gone, which the statement's own error tells.
        step(&mut self.controls.release_guard)
    }

    fn conclude_write(&mut self, observer: &Observer, before: &BeforeWrite) -> Seen {
        self.counts.rows_read += observer.rows();
        // SQLite goes on telling the count of the statement before where this one counts nothing.
        let changes = match self.connection.total_changes() == before.total_changes {
            true => 0,
            false => self.connection.changes(),
        };
        self.counts.rows_changed += changes;
        observer.seen(changes, self.connection.last_insert_rowid())
    }

    /// A statement that failed was not there, unless it left rows behind, as `OR FAIL` does.
    fn forget_failed(&mut self, before: &BeforeWrite, is_undone: bool) {
        ffi::set_last_insert_rowid(self.connection, before.rowid);
        if is_undone || self.connection.total_changes() == before.total_changes {
            self.collector.truncate(before.collected);
        }
    }
}

/// The state to which a failed statement is compared.
struct BeforeWrite {
    total_changes: u64,
    rowid: i64,
    collected: usize,
}

/// Whether what is open allows the statement.
fn admit(facts: &Facts, read_only: bool, connection: &Connection) -> Result<()> {
    if facts.is_empty {
        return Err(Error::misuse("the text holds no SQL statement"));
    }
    if read_only && !facts.read_only {
        return Err(Error::read_only(
            "this statement writes, and a read may not: use write(), execute() or begin()",
        ));
    }
    if facts.solo && !connection.is_autocommit() {
        return Err(Error::misuse(
            "SQLite runs this statement outside transactions only: give it to execute() by itself",
        ));
    }
    Ok(())
}

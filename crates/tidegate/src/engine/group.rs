//! What a group commit needs of a connection: marks, undoing one member, running the log again.

use std::ops::ControlFlow;

use super::Engine;
use crate::error::{Error, Result};
use crate::ffi;
use crate::params::Params;
use crate::redo::{Entry, Seen};

/// The position to which a member's work can be undone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    entries: usize,
    changes: usize,
    total_changes: u64,
    uncounted: u64,
}

/// When the wrapping savepoint of a closure is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrap {
    /// No savepoint is wanted.
    None,
    /// One is opened before the first statement that writes.
    BeforeWrite,
    /// It is open.
    Open,
}

impl Engine<'_> {
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

    /// Begins a member, from whose view nothing but its own statements has ever been inserted or has failed.
    pub(crate) fn begin_member(&mut self) -> Mark {
        ffi::set_last_insert_rowid(self.connection, 0);
        self.has_failed = false;
        Mark {
            entries: self.redo.len(),
            changes: self.collector.len(),
            total_changes: self.connection.total_changes(),
            uncounted: self.uncounted,
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
        if self.has_failed {
            // The log knows nothing of a failure that the closure has forgiven, nor of what it left.
            self.redo.seal();
        }
        match std::mem::replace(&mut self.wrap, Wrap::None) {
            Wrap::Open => self.release(),
            _ => Ok(()),
        }
    }

    /// Undoes a member by itself; `false` when only the whole transaction can be rolled back.
    pub(crate) fn unwrap_undoing(&mut self, mark: Mark) -> bool {
        let wrap = std::mem::replace(&mut self.wrap, Wrap::None);
        self.redo.truncate(mark.entries);
        self.undo_all_nested();
        let undone = match wrap {
            _ if !self.in_transaction() => false,
            Wrap::Open => self.rollback_to_savepoint().is_ok(),
            Wrap::BeforeWrite => true,
            Wrap::None => {
                self.connection.total_changes() == mark.total_changes
                    && self.uncounted == mark.uncounted
            }
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

    /// Takes the logged steps of a member again; an error, and nothing left of them, if they show anything but what
    /// they showed before.
    pub(crate) fn repeat_member(&mut self, entries: &[Entry]) -> Result<()> {
        ffi::set_last_insert_rowid(self.connection, 0);
        self.open_nested()?;
        match entries.iter().try_for_each(|entry| self.repeat(entry)) {
            Ok(()) => self.keep_nested(),
            Err(error) => {
                self.undo_all_nested();
                Err(error)
            }
        }
    }

    fn repeat(&mut self, entry: &Entry) -> Result<()> {
        match entry {
            Entry::Statement { sql, params, seen } => self.repeat_statement(sql, params, *seen),
            Entry::Savepoint => self.open_nested(),
            Entry::Release => self.keep_nested(),
            Entry::RollbackTo => self.undo_nested(),
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
        let seen = self.run_once(sql, params, true, &mut take)?;
        if seen == before {
            return Ok(());
        }
        Err(Error::busy(
            "rolled back with a statement of another call, and what it had read has changed since: nothing was committed",
        ))
    }
}

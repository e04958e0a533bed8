//! The transactions and savepoints of a connection.

use std::ops::ControlFlow;

use super::Engine;
use super::controls::step;
use super::group::Wrap;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;
use crate::params::Params;
use crate::redo::Entry;

impl Engine<'_> {
    pub(crate) fn begin_read(&mut self) -> Result<()> {
        self.expects_transaction = true;
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
        self.expects_transaction = true;
        ffi::set_last_insert_rowid(self.connection, 0);
        step(&mut self.controls.begin_immediate)
    }

    /// Refuses to go on where SQLite has rolled the transaction back by itself: what ran now would commit by itself.
    pub(super) fn still_open(&self) -> Result<()> {
        match self.expects_transaction && !self.in_transaction() {
            true => Err(Error::new(
                ErrorKind::Cancelled,
                "SQLite has rolled the transaction back: nothing can run in it any more",
            )),
            false => Ok(()),
        }
    }

    /// Commits; a transaction that could not be committed is rolled back.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let outcome = self
            .still_open()
            .and_then(|()| step(&mut self.controls.commit));
        if outcome.is_err() {
            self.rollback();
        }
        self.expects_transaction = false;
        outcome.map_err(Error::of_commit)
    }

    /// Rolls back whatever is open; nothing is open afterwards.
    pub(crate) fn rollback(&mut self) {
        if self.in_transaction() {
            // ROLLBACK fails only where SQLite has rolled back by itself already.
            let _ = step(&mut self.controls.rollback);
        }
        self.expects_transaction = false;
        self.collector.clear();
        self.nested.clear();
    }

    /// Ends what a job that makes transactions of its own may have left: one that is open, or one that never began.
    pub(crate) fn leave_nothing_open(&mut self) {
        if self.in_transaction() {
            self.rollback();
        }
        self.expects_transaction = false;
    }

    pub(crate) fn savepoint(&mut self) -> Result<()> {
        self.still_open()?;
        step(&mut self.controls.savepoint)
    }

    pub(crate) fn release(&mut self) -> Result<()> {
        step(&mut self.controls.release)
    }

    pub(crate) fn rollback_to_savepoint(&mut self) -> Result<()> {
        step(&mut self.controls.rollback_to)?;
        step(&mut self.controls.release)
    }

    // Savepoints inside a member's closure.

    pub(crate) fn nested_savepoint(&mut self) -> Result<()> {
        if self.wrap == Wrap::BeforeWrite {
            self.savepoint()?;
            self.wrap = Wrap::Open;
        }
        self.open_nested()?;
        self.log(Entry::Savepoint);
        Ok(())
    }

    pub(crate) fn nested_release(&mut self) -> Result<()> {
        self.keep_nested()?;
        self.log(Entry::Release);
        Ok(())
    }

    pub(crate) fn nested_rollback(&mut self) -> Result<()> {
        self.undo_nested()?;
        self.log(Entry::RollbackTo);
        Ok(())
    }

    // Savepoints of an interactive transaction. Their owners know them by their depth: a future that is dropped may
    // leave a deeper one open that nobody owns, or ask for the end of one that has ended.

    pub(crate) fn open_at_depth(&mut self) -> Result<usize> {
        self.nested_savepoint()?;
        Ok(self.nested.len())
    }

    pub(crate) fn keep_depth(&mut self, depth: usize) -> Result<()> {
        while self.nested.len() >= depth {
            self.nested_release()?;
        }
        Ok(())
    }

    pub(crate) fn undo_depth(&mut self, depth: usize) -> Result<()> {
        while self.nested.len() >= depth {
            self.nested_rollback()?;
        }
        Ok(())
    }

    pub(super) fn open_nested(&mut self) -> Result<()> {
        self.savepoint()?;
        self.nested.push(self.collector.len());
        Ok(())
    }

    pub(super) fn keep_nested(&mut self) -> Result<()> {
        self.release()?;
        self.nested.pop();
        Ok(())
    }

    /// Undoes every nested savepoint that is open.
    pub(super) fn undo_all_nested(&mut self) {
        while !self.nested.is_empty() {
            // It fails only where the transaction is gone, which the caller looks at.
            let _ = self.undo_nested();
        }
    }

    pub(super) fn undo_nested(&mut self) -> Result<()> {
        let mark = self.nested.pop();
        self.rollback_to_savepoint()?;
        self.collector.truncate(mark.unwrap_or_default());
        Ok(())
    }

    fn log(&mut self, entry: Entry) {
        if self.redo.is_recording() {
            self.redo.push(entry);
        }
    }
}

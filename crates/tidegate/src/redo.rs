//! The log that lets a group commit undo one member without its neighbours.
//!
//! SQLite rolls a whole transaction back when a writing statement in it is interrupted, runs out of space, or says
//! `ROLLBACK`. The statements of the members before it are then run again from this log. Each entry keeps a digest of
//! everything its closure could observe (rows, counts, row ids); a member whose statements show anything else the
//! second time is failed instead of answered wrongly, and so the closures themselves never run twice.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rusqlite::types::ValueRef;

use crate::params::Params;

/// Beyond these a member ends its group, so that the log stays small.
const MAX_ENTRIES: usize = 4096;
const MAX_BYTES: usize = 1 << 20;

/// One step that a member of the group has taken.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every entry is a statement, and a box would cost each an allocation"
)]
pub(crate) enum Entry {
    Statement {
        sql: Rc<str>,
        params: Params,
        seen: Seen,
    },
    Savepoint,
    Release,
    RollbackTo,
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::Statement { params, sql, .. } => params.size_bytes() + sql.len(),
            _ => 0,
        }
    }
}

/// What a statement showed to the code that ran it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) digest: u64,
    pub(crate) changes: u64,
    pub(crate) rowid: i64,
}

/// Computes the digest of the rows of one statement.
#[derive(Default)]
pub(crate) struct Observer {
    rows: u64,
    digest: Digest,
}

impl Observer {
    /// Counts a row, and takes it into the digest where a log is kept.
    pub(crate) fn row(&mut self, row: &rusqlite::Row<'_>, digest: bool) {
        self.rows += 1;
        let mut index = 0;
        while digest && let Ok(value) = row.get_ref(index) {
            self.digest.value(value);
            index += 1;
        }
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn seen(&self, changes: u64, rowid: i64) -> Seen {
        Seen {
            rows: self.rows,
            digest: self.digest.0,
            changes,
            rowid,
        }
    }
}

/// A fast order-dependent hash; it guards against accidents, not against attackers.
#[derive(Default)]
struct Digest(u64);

impl Digest {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn value(&mut self, value: ValueRef<'_>) {
        self.word(value.data_type() as u64 + 1);
        match value {
            ValueRef::Null => {}
            ValueRef::Integer(integer) => integer.hash(self),
            ValueRef::Real(real) => real.to_bits().hash(self),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(self),
        }
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.word(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
        let mut last = [0; 8];
        let rest = words.remainder();
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last) ^ ((bytes.len() as u64) << 56));
    }
}

/// The statements of the members of the open group, in the order in which they ran.
#[derive(Default)]
pub(crate) struct Redo {
    entries: Vec<Entry>,
    bytes: usize,
    recording: bool,
    sealed: bool,
}

impl Redo {
    /// Begins the log of a new group.
    pub(crate) fn begin(&mut self) {
        self.entries.clear();
        self.bytes = 0;
        self.recording = true;
        self.sealed = false;
    }

    pub(crate) fn stop(&mut self) {
        self.entries.clear();
        self.recording = false;
    }

    pub(crate) fn is_recording(&self) -> bool {
        self.recording && !self.sealed
    }

    /// Whether the group must take no further member: what the last one did cannot be run again.
    pub(crate) fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Declares that the current member did something that the log cannot repeat.
    pub(crate) fn seal(&mut self) {
        self.sealed = true;
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets what an undone member has logged.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.entries.truncate(len);
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.bytes += entry.bytes();
        self.entries.push(entry);
        if self.entries.len() >= MAX_ENTRIES || self.bytes >= MAX_BYTES {
            self.sealed = true;
        }
    }

    /// Takes the entries out while they are run again.
    pub(crate) fn detach(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    /// Puts the entries back, so that they can serve once more.
    pub(crate) fn attach(&mut self, entries: Vec<Entry>) {
        self.entries = entries;
    }
}

#[cfg(test)]
mod tests;

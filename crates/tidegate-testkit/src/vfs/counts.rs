//! Counts the calls of SQLite to its file system.

use super::{FileKind, Op};
use std::ops::Sub;
use std::sync::atomic::{AtomicU64, Ordering};

const OPS: usize = Op::ALL.len();
const KINDS: usize = FileKind::ALL.len();

/// Numbers of calls, by call and kind of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    calls: [[u64; KINDS]; OPS],
}

impl Counts {
    /// Calls to files of a kind.
    pub fn get(&self, op: Op, kind: FileKind) -> u64 {
        self.calls[op as usize][kind as usize]
    }

    /// Calls to files of all kinds.
    pub fn total(&self, op: Op) -> u64 {
        self.calls[op as usize].iter().sum()
    }
}

/// The calls between two counts.
impl Sub for Counts {
    type Output = Counts;

    fn sub(mut self, earlier: Counts) -> Counts {
        let calls = self.calls.iter_mut().flatten();
        for (count, before) in calls.zip(earlier.calls.iter().flatten()) {
            *count -= before;
        }
        self
    }
}

/// The counters behind [`Counts`].
#[derive(Default)]
pub(super) struct Counters {
    calls: [[AtomicU64; KINDS]; OPS],
}

impl Counters {
    pub(super) fn add(&self, op: Op, kind: FileKind) {
        self.calls[op as usize][kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Counts {
        let row = |row: &[AtomicU64; KINDS]| row.each_ref().map(|it| it.load(Ordering::Relaxed));
        Counts {
            calls: self.calls.each_ref().map(row),
        }
    }
}

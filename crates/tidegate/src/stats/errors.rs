//! Errors counted by their kind.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Serialize, Serializer};

use crate::error::ErrorKind;
use crate::histogram::bump;

const KINDS: usize = ErrorKind::ALL.len();

/// Errors by kind. Serialised as a map of the kinds that have occurred: `{"busy": 3}`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct ErrorCounts([u64; KINDS]);

impl ErrorCounts {
    /// Errors of one kind.
    #[must_use]
    pub const fn of(&self, kind: ErrorKind) -> u64 {
        self.0[kind as usize]
    }

    /// Errors of every kind together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The kinds that have occurred, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (ErrorKind, u64)> {
        let all = ErrorKind::ALL.iter().zip(&self.0);
        all.filter(|&(_, &count)| count > 0)
            .map(|(&kind, &count)| (kind, count))
    }

    pub(super) fn add(&mut self, cells: &ErrorCells) {
        for (total, cell) in self.0.iter_mut().zip(&cells.0) {
            *total += cell.load(Relaxed);
        }
    }
}

impl fmt::Debug for ErrorCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for ErrorCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(kind, count)| (kind.as_str(), count)))
    }
}

/// The counters themselves, written by one thread.
#[derive(Debug, Default)]
pub(super) struct ErrorCells([AtomicU64; KINDS]);

impl ErrorCells {
    pub(super) fn count(&self, kind: ErrorKind) {
        bump(&self.0[kind as usize], 1);
    }
}

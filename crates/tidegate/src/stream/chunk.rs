//! How many rows are handed over together.

use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;

const ROWS_MAX: usize = 256;
const BYTES_MAX: usize = 64 << 10;
/// A query that finds its rows slowly hands over what it has after this, at its next row.
const AGE_MAX: Duration = Duration::from_millis(2);

/// Rows that have been read and not handed over yet.
pub(super) struct Chunk<T> {
    rows: Vec<T>,
    bytes: usize,
    since: Instant,
}

impl<T> Chunk<T> {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::new(),
            bytes: 0,
            since: Instant::now(),
        }
    }

    pub(super) fn push(&mut self, row: T, bytes: usize) {
        self.rows.push(row);
        self.bytes += bytes + size_of::<T>();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS_MAX || self.bytes >= BYTES_MAX || self.since.elapsed() >= AGE_MAX
    }

    /// Takes the rows out and begins anew, expecting as many again.
    pub(super) fn take(&mut self) -> Vec<T> {
        let expected = self.rows.len();
        self.bytes = 0;
        self.since = Instant::now();
        std::mem::replace(&mut self.rows, Vec::with_capacity(expected))
    }
}

/// The texts and blobs of a row, in bytes.
pub(super) fn content_bytes(row: &rusqlite::Row<'_>) -> usize {
    (0..row.as_ref().column_count())
        .map(|index| match row.get_ref(index) {
            Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes.len(),
            _ => 0,
        })
        .sum()
}

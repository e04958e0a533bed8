//! Streams as iterators that wait for each item.

use std::iter::FusedIterator;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::call::block_until;
use crate::changes::ChangeEvent;
use crate::core::refuse_reentry;
use crate::error::{Error, ErrorKind, Result};
use crate::stream::{RowStream, SnapshotStream};

/// A stream to be waited for; none any more once it has ended.
#[derive(Debug)]
struct Waiting<S>(Option<S>);

impl<S: Stream + Unpin> Waiting<S> {
    fn next(&mut self) -> Option<Result<S::Item>> {
        self.next_until(None)
    }

    fn next_within(&mut self, timeout: Duration) -> Option<Result<S::Item>> {
        self.next_until(Instant::now().checked_add(timeout))
    }

    fn next_until(&mut self, until: Option<Instant>) -> Option<Result<S::Item>> {
        let stream = self.0.as_mut()?;
        if let Err(error) = refuse_reentry() {
            self.0 = None;
            return Some(Err(error));
        }
        let Some(item) = wait_for_item(stream, until) else {
            return Some(Err(Error::new(
                ErrorKind::Deadline,
                "nothing came within the time that was given",
            )));
        };
        if item.is_none() {
            self.0 = None;
        }
        item.map(Ok)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.as_ref().map_or((0, Some(0)), S::size_hint)
    }
}

/// The next item, `None` if it takes longer than `until`.
fn wait_for_item<S: Stream + Unpin>(
    stream: &mut S,
    until: Option<Instant>,
) -> Option<Option<S::Item>> {
    // Most rows are there already: to take them needs no waker of this thread.
    let mut cx = Context::from_waker(Waker::noop());
    if let Poll::Ready(item) = Pin::new(&mut *stream).poll_next(&mut cx) {
        return Some(item);
    }
    let next = std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx));
    block_until(next, until)
}

/// The rows of a query, from [`Database::stream`](super::Database::stream). Dropping it stops the statement where it
/// runs.
///
/// An error is the last item.
///
/// ```
/// # fn main() -> tidegate::Result<()> {
/// let db = tidegate::blocking::Database::open_in_memory()?;
/// let numbers = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT i FROM n";
/// let sum: i64 = db.stream::<i64>(numbers, ()).sum::<tidegate::Result<_>>()?;
/// assert_eq!(sum, 500_500);
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream reads nothing until its first row is asked for"]
#[derive(Debug)]
pub struct Rows<T>(Waiting<RowStream<T>>);

impl<T> Rows<T> {
    pub(super) fn over(stream: RowStream<T>) -> Self {
        Self(Waiting(Some(stream)))
    }
}

impl<T: DeserializeOwned + Send + 'static> Iterator for Rows<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        self.0.next().map(Result::flatten)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T: DeserializeOwned + Send + 'static> FusedIterator for Rows<T> {}

/// The rows of a query of a snapshot, from [`Snapshot::stream`](super::Snapshot::stream). Dropping it stops the
/// statement where it runs; the snapshot goes on.
#[must_use = "a stream reads nothing until its first row is asked for"]
#[derive(Debug)]
pub struct SnapshotRows<'s, T>(Waiting<SnapshotStream<'s, T>>);

impl<'s, T> SnapshotRows<'s, T> {
    pub(super) fn over(stream: SnapshotStream<'s, T>) -> Self {
        Self(Waiting(Some(stream)))
    }
}

impl<T: DeserializeOwned + Send + 'static> Iterator for SnapshotRows<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        self.0.next().map(Result::flatten)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T: DeserializeOwned + Send + 'static> FusedIterator for SnapshotRows<'_, T> {}

/// Committed changes, from [`Database::changes`](super::Database::changes). See [`crate::Changes`].
///
/// The iterator waits for the next commit, and ends when the database is closed. Inside a closure of a database, where
/// that commit could never come, it ends with [`Misuse`](ErrorKind::Misuse).
#[derive(Debug)]
pub struct Changes(Waiting<crate::Changes>);

impl Changes {
    pub(super) fn over(stream: crate::Changes) -> Self {
        Self(Waiting(Some(stream)))
    }

    /// The next event, if it comes in time.
    ///
    /// # Errors
    /// [`Deadline`](ErrorKind::Deadline) if there is none after `timeout`. Nothing is lost by that.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<ChangeEvent>> {
        self.0.next_within(timeout)
    }
}

impl Iterator for Changes {
    type Item = Result<ChangeEvent>;

    fn next(&mut self) -> Option<Result<ChangeEvent>> {
        self.0.next()
    }
}

impl FusedIterator for Changes {}

/// The results of a query, from [`Database::watch`](super::Database::watch). See [`crate::Watch`].
///
/// The iterator waits for the next result, and ends when the database is closed. Inside a closure of a database it ends
/// with [`Misuse`](ErrorKind::Misuse).
#[must_use = "a watch runs nothing until its first result is asked for"]
#[derive(Debug)]
pub struct Watch<T>(Waiting<crate::Watch<T>>);

impl<T: DeserializeOwned + Send + 'static> Watch<T> {
    pub(super) fn over(stream: crate::Watch<T>) -> Self {
        Self(Waiting(Some(stream)))
    }

    /// The next result, if it comes in time.
    ///
    /// # Errors
    /// As [`Database::watch`](crate::Database::watch), and [`Deadline`](ErrorKind::Deadline) if there is none after
    /// `timeout`. Nothing is lost by that.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<Vec<T>>> {
        self.0.next_within(timeout).map(Result::flatten)
    }
}

impl<T: DeserializeOwned + Send + 'static> Iterator for Watch<T> {
    type Item = Result<Vec<T>>;

    fn next(&mut self) -> Option<Result<Vec<T>>> {
        self.0.next().map(Result::flatten)
    }
}

impl<T: DeserializeOwned + Send + 'static> FusedIterator for Watch<T> {}

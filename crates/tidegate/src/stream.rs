//! The rows of one query as a stream, read as far ahead as the consumer has room for.

mod chunk;
mod job;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::call::{Made, Route};
use crate::cancel::CancelToken;
use crate::core::Target;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::params::IntoParams;
use crate::sync::Arc;
use crate::transaction::Snapshot;

use job::{Bounds, StreamJob};

impl Database {
    /// Runs a query and gives its rows as they are read, in chunks that the consumer asks for.
    ///
    /// Rows are decoded on a reader's thread, at most two chunks (each of up to 256 rows, or about 64 KiB) ahead of the
    /// consumer; then the thread waits. The reader is held until the stream has ended or is dropped, so a consumer
    /// that makes other reads in between needs a database with more than one reader. All rows are of one state of
    /// the database, which keeps the write-ahead log from shrinking meanwhile: after
    /// [`Options::snapshot_max_age`](crate::Options::snapshot_max_age) the stream is ended with an error.
    ///
    /// A database in memory has only one connection, which a slow consumer must not hold: there the rows are read
    /// without waiting for it, and may all be in memory a second time.
    ///
    /// ```
    /// # async fn f(db: tidegate::Database) -> tidegate::Result<()> {
    /// let mut rows = db.stream::<(i64, String)>("SELECT id, name FROM users", ());
    /// while let Some(row) = rows.next().await {
    ///     let (id, name) = row?;
    ///     println!("{id} {name}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An error is the last item of the stream: [`ReadOnly`](crate::ErrorKind::ReadOnly) for a statement that writes,
    /// [`Deadline`](crate::ErrorKind::Deadline) past the deadline or the maximum age,
    /// [`Panicked`](crate::ErrorKind::Panicked) if `T`'s own code panics, and what [`query`](Self::query) can answer.
    /// The rows before it were read as the query gave them.
    ///
    /// # Cancel safety
    /// Nothing happens before the stream is first polled. Dropping it at any time stops the statement where it runs and
    /// frees the reader. Dropping a future of [`next`](RowStream::next) loses no row.
    pub fn stream<T>(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> RowStream<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let options = self.options();
        let bounds = Bounds::new(options.is_memory(), options.snapshot_max_age);
        let route = self.route(Target::Reader);
        let first_wait = options.default_deadline;
        RowStream::or_refused(params.into_params().map(|params| {
            let job = StreamJob::new(sql.into(), params, bounds);
            RowStream::made(job, route, first_wait)
        }))
    }
}

impl Snapshot {
    /// Runs a query and gives its rows as they are read: see [`Database::stream`].
    ///
    /// The stream has the snapshot's only connection to itself, and so borrows the snapshot until it is dropped.
    ///
    /// # Errors
    /// As [`Database::stream`], and the reason if the snapshot has ended.
    ///
    /// # Cancel safety
    /// As [`Database::stream`]; the snapshot goes on.
    pub fn stream<T>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> SnapshotStream<'_, T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let route = self.session().route();
        let rows = RowStream::or_refused(params.into_params().map(|params| {
            let job = StreamJob::new(sql.into(), params, Bounds::of_session());
            RowStream::made(job, route, Duration::MAX)
        }));
        SnapshotStream {
            rows,
            _snapshot: Borrowed(PhantomData),
        }
    }
}

/// The rows of a query, from [`Database::stream`].
///
/// # Cancel safety
/// Dropping it stops the statement where it runs and frees the connection.
#[must_use = "a stream reads nothing until it is polled"]
pub struct RowStream<T> {
    chunk: std::vec::IntoIter<T>,
    source: Source<T>,
}

enum Source<T> {
    Refused(Error),
    Made(Made<Option<Vec<T>>>, Arc<StreamJob<T>>),
    Ended,
}

impl<T: DeserializeOwned + Send + 'static> RowStream<T> {
    fn made(job: StreamJob<T>, route: Route, first_wait: Duration) -> Self {
        let job = Arc::new(job);
        let first_wait = (first_wait != Duration::MAX).then_some(first_wait);
        crate::job::Job::control(&*job).set_deadline(first_wait);
        Self::of(Source::Made(Made::new(job.clone(), route), job))
    }

    fn or_refused(made: Result<Self>) -> Self {
        made.unwrap_or_else(|error| Self::of(Source::Refused(error)))
    }

    fn of(source: Source<T>) -> Self {
        Self {
            chunk: Vec::new().into_iter(),
            source,
        }
    }

    /// Sets how long reading all rows may take, from the moment when the stream was made.
    ///
    /// Without it, [`Options::default_deadline`](crate::Options::default_deadline) bounds the wait for a connection, and
    /// from then on [`Options::snapshot_max_age`](crate::Options::snapshot_max_age) holds, which holds in any case. Rows
    /// that were read before the deadline can be taken after it. [`Duration::MAX`] stands for no deadline.
    pub fn deadline(self, after: Duration) -> Self {
        if let Source::Made(made, job) = &self.source {
            job.set_deadline((after != Duration::MAX).then_some(after));
            made.watch_deadline();
        }
        self
    }

    /// Ties the stream to a token: once it is used, the stream ends with
    /// [`Cancelled`](crate::ErrorKind::Cancelled) after the rows that have been read.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        if let Source::Made(made, _) = &mut self.source {
            made.tie(token);
        }
        self
    }

    /// The next row; `None` after the last one, and after an error.
    ///
    /// # Errors
    /// As [`Database::stream`].
    ///
    /// # Cancel safety
    /// Dropping the future loses no row.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next rows that are there together, at least one; `None` after the last one, and after an error.
    ///
    /// # Errors
    /// As [`Database::stream`].
    ///
    /// # Cancel safety
    /// Dropping the future loses no row.
    pub async fn next_chunk(&mut self) -> Option<Result<Vec<T>>> {
        std::future::poll_fn(|cx| self.poll_chunk(cx)).await
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<T>>>> {
        if self.chunk.len() > 0 {
            return Poll::Ready(Some(Ok(self.chunk.by_ref().collect())));
        }
        let Source::Made(made, _) = &mut self.source else {
            return Poll::Ready(self.take_refusal().map(Err));
        };
        let answer = ready!(made.poll(cx));
        if let Ok(Some(chunk)) = answer {
            return Poll::Ready(Some(Ok(chunk)));
        }
        made.conclude(&answer);
        self.source = Source::Ended;
        Poll::Ready(answer.transpose())
    }

    fn take_refusal(&mut self) -> Option<Error> {
        match std::mem::replace(&mut self.source, Source::Ended) {
            Source::Refused(error) => Some(error),
            _ => None,
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(row) = self.chunk.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match ready!(self.poll_chunk(cx)) {
                Some(Ok(chunk)) => self.chunk = chunk.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let ended = matches!(self.source, Source::Ended);
        (self.chunk.len(), ended.then(|| self.chunk.len()))
    }
}

impl<T> Drop for RowStream<T> {
    fn drop(&mut self) {
        if let Source::Made(made, _) = &mut self.source {
            made.forsake();
        }
    }
}

impl<T> Unpin for RowStream<T> {}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream")
            .field("rows_ready", &self.chunk.len())
            .field("ended", &matches!(self.source, Source::Ended))
            .finish()
    }
}

/// The rows of a query of a [`Snapshot`], from [`Snapshot::stream`].
///
/// # Cancel safety
/// Dropping it stops the statement where it runs; the snapshot goes on.
///
/// ```compile_fail,E0502
/// # async fn f(mut snapshot: tidegate::Snapshot) -> tidegate::Result<()> {
/// let mut rows = snapshot.stream::<i64>("SELECT id FROM users", ());
/// rows.next().await;
/// snapshot.query::<i64>("SELECT 1", ()).await?; // the stream has the connection
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream reads nothing until it is polled"]
pub struct SnapshotStream<'s, T> {
    rows: RowStream<T>,
    _snapshot: Borrowed<'s>,
}

/// Extends the borrow of the snapshot to where the stream is dropped, and not only to its last use.
struct Borrowed<'s>(PhantomData<&'s mut Snapshot>);

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {}
}

impl<T: DeserializeOwned + Send + 'static> SnapshotStream<'_, T> {
    /// Sets how long reading all rows may take. See [`RowStream::deadline`].
    pub fn deadline(mut self, after: Duration) -> Self {
        self.rows = self.rows.deadline(after);
        self
    }

    /// Ties the stream to a token. See [`RowStream::cancel`].
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.rows = self.rows.cancel(token);
        self
    }

    /// The next row. See [`RowStream::next`].
    ///
    /// # Errors
    /// As [`Snapshot::stream`].
    ///
    /// # Cancel safety
    /// Dropping the future loses no row.
    pub async fn next(&mut self) -> Option<Result<T>> {
        self.rows.next().await
    }

    /// The next rows that are there together. See [`RowStream::next_chunk`].
    ///
    /// # Errors
    /// As [`Snapshot::stream`].
    ///
    /// # Cancel safety
    /// Dropping the future loses no row.
    pub async fn next_chunk(&mut self) -> Option<Result<Vec<T>>> {
        self.rows.next_chunk().await
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for SnapshotStream<'_, T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        Pin::new(&mut self.rows).poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl<T> fmt::Debug for SnapshotStream<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SnapshotStream").field(&self.rows).finish()
    }
}

//! A query that is run again whenever a table it reads has changed.

mod signal;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::call::{Call, Route};
use crate::changes::{Hub, Watcher};
use crate::core::Target;
use crate::database::{Database, Handle};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Mode;
use crate::params::{IntoParams, Params};
use crate::stats::CallClass;
use crate::sync::{Arc, Weak};
use crate::tx::ReadTx;

use signal::{Next, Signal};

impl Database {
    /// Runs a query, and runs it again whenever a table that it reads has changed: a stream of results.
    ///
    /// The tables are those that SQLite itself names when it compiles the query, the ones behind views included. A
    /// commit counts whatever made it: a call of this handle, a trigger, a foreign key's action, or another handle or
    /// process, whose commits are noticed within about a tenth of a second.
    ///
    /// Results are **coalesced**: commits made while the consumer is busy lead to one more run, not to one each. They
    /// are **never stale after quiet**: once nobody writes any more, the last result holds every commit. They may be
    /// **equal** to the one before: a table can change without the query's rows changing, and a change of the schema
    /// counts as one of every table.
    ///
    /// The watch does not keep the database open; when the database closes, the stream ends.
    ///
    /// ```
    /// # async fn f(db: tidegate::Database) -> tidegate::Result<()> {
    /// let mut open = db.watch::<i64>("SELECT count(*) FROM alerts WHERE closed_at IS NULL", ());
    /// while let Some(result) = open.next().await {
    ///     println!("open alerts: {:?}", result?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An item may be an error of [`query`](Self::query), or [`ReadOnly`](ErrorKind::ReadOnly) for a statement that
    /// writes. The watch goes on: after an error that may pass by itself (deadline, busy, I/O) the query is run again
    /// when the next item is asked for, after any other once something has changed. Parameters that cannot be stored
    /// end it.
    ///
    /// # Cancel safety
    /// Nothing happens before the stream is first polled. Dropping it stops a run that is under way. Dropping a future
    /// of [`next`](Watch::next) loses no result.
    pub fn watch<T>(&self, sql: impl Into<Cow<'static, str>>, params: impl IntoParams) -> Watch<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let (params, refused) = match params.into_params() {
            Ok(params) => (params, None),
            Err(error) => (Params::new(), Some(error)),
        };
        Watch {
            query: Query {
                handle: Arc::downgrade(self.handle()),
                sql: sql.into(),
                params: Arc::new(params),
                deadline: None,
                signal: Arc::default(),
            },
            hub: self.core().changes.clone(),
            is_registered: false,
            running: None,
            refused,
        }
    }
}

/// The results of a query, from [`Database::watch`].
///
/// # Cancel safety
/// Dropping it stops a run that is under way.
#[must_use = "a watch runs nothing until it is polled"]
pub struct Watch<T> {
    query: Query,
    hub: Arc<Hub>,
    is_registered: bool,
    running: Option<Call<Vec<T>>>,
    refused: Option<Error>,
}

/// What is run, again and again.
struct Query {
    /// Weak: somebody who watches must not keep the database from closing.
    handle: Weak<Handle>,
    sql: Cow<'static, str>,
    params: Arc<Params>,
    deadline: Option<Duration>,
    signal: Arc<Signal>,
}

impl Query {
    /// A call that runs it once; `None` when the database has gone.
    fn call<T>(&self) -> Option<Call<Vec<T>>>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let handle = self.handle.upgrade()?;
        // Not beside other reads: their common snapshot may be older than the tables learnt here.
        let mode = match handle.core().options.is_memory() {
            true => Mode::Read,
            false => Mode::Solo,
        };
        let (sql, params, signal) = (self.sql.clone(), self.params.clone(), self.signal.clone());
        let work = move |engine: &mut Engine<'_>| run(engine, &sql, &params, &signal);
        let call = Call::new(
            Route::Core(handle, Target::Reader),
            CallClass::Read,
            mode,
            work,
        );
        Some(match self.deadline {
            Some(deadline) => call.deadline(deadline),
            None => call,
        })
    }
}

/// Learns the tables first, so that no commit falls between them and the rows.
fn run<T: DeserializeOwned>(
    engine: &mut Engine<'_>,
    sql: &str,
    params: &Params,
    signal: &Signal,
) -> Result<Vec<T>> {
    let facts = engine.facts(sql)?;
    signal.look_at(&facts);
    let rows = ReadTx::new(engine).query(sql, params.clone());
    let facts_now = engine.facts(sql)?;
    if facts_now.reads != facts.reads {
        // The schema has changed on the way: commits to tables that are read only now may have been missed.
        signal.look_at(&facts_now);
        signal.set_dirty();
    }
    rows
}

impl<T: DeserializeOwned + Send + 'static> Watch<T> {
    /// Sets how long each run may take, instead of [`Options::default_deadline`](crate::Options::default_deadline).
    pub fn deadline(mut self, of_each_run: Duration) -> Self {
        self.query.deadline = Some(of_each_run);
        self
    }

    /// The next result; `None` when the database has closed.
    ///
    /// # Errors
    /// As [`Database::watch`].
    ///
    /// # Cancel safety
    /// Dropping the future loses no result.
    pub async fn next(&mut self) -> Option<Result<Vec<T>>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn register(&mut self) {
        if std::mem::replace(&mut self.is_registered, true) {
            return;
        }
        self.hub.watch(&self.watcher());
        if let Some(handle) = self.query.handle.upgrade() {
            // Wakes the writer, which from here on looks for commits of others.
            handle.core().writer.nudge();
        }
    }

    /// The item for the answer of a run.
    fn item(&self, answer: Result<Vec<T>>) -> Option<Result<Vec<T>>> {
        match answer.as_ref().map_err(Error::kind) {
            Err(ErrorKind::Closed) => {
                self.query.signal.end();
                return None;
            }
            Err(ErrorKind::Deadline | ErrorKind::Busy | ErrorKind::Io) => {
                self.query.signal.set_dirty();
            }
            _ => {}
        }
        Some(answer)
    }
}

impl<T> Watch<T> {
    fn watcher(&self) -> Arc<dyn Watcher> {
        self.query.signal.clone()
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Watch<T> {
    type Item = Result<Vec<T>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<T>>>> {
        if let Some(error) = self.refused.take() {
            self.query.signal.end();
            return Poll::Ready(Some(Err(error)));
        }
        self.register();
        loop {
            if let Some(call) = &mut self.running {
                let answer = ready!(Pin::new(call).poll(cx));
                self.running = None;
                return Poll::Ready(self.item(answer));
            }
            match ready!(self.query.signal.poll_next(cx)) {
                Next::Run => match self.query.call() {
                    Some(call) => self.running = Some(call),
                    None => self.query.signal.end(),
                },
                Next::End => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Drop for Watch<T> {
    fn drop(&mut self) {
        self.hub.unwatch(&self.watcher());
    }
}

impl<T> Unpin for Watch<T> {}

impl<T> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("sql", &self.query.sql)
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

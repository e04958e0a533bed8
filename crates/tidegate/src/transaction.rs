//! Interactive transactions: statement by statement, each awaited by the caller.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::cancel::CancelToken;
use crate::core::Target;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::params::IntoParams;
use crate::session::{self, Kind, Session};
use crate::step::Step;
use crate::tx::{ReadTx, Tx};

/// The future that opens a [`Transaction`] or a [`Snapshot`].
///
/// # Cancel safety
/// Dropping it opens nothing; if it was opened meanwhile, it is ended at once.
#[must_use = "nothing is opened until this is awaited"]
pub struct Begin<T> {
    call: Call<Session>,
    wrap: fn(Session) -> T,
}

impl<T> Begin<T> {
    /// Sets how long opening may take, waiting for the connection included. See [`Call::deadline`].
    pub fn deadline(self, after: Duration) -> Self {
        Self {
            call: self.call.deadline(after),
            ..self
        }
    }

    /// Ties the opening to a token. See [`Call::cancel`].
    pub fn cancel(self, token: &CancelToken) -> Self {
        Self {
            call: self.call.cancel(token),
            ..self
        }
    }

    /// Waits on this thread, which must not be an executor's.
    ///
    /// # Errors
    /// As [`Call::wait`].
    pub fn wait(self) -> Result<T> {
        self.call.wait().map(self.wrap)
    }
}

impl<T> Future for Begin<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let session = std::task::ready!(Pin::new(&mut self.call).poll(cx));
        Poll::Ready(session.map(self.wrap))
    }
}

impl<T> fmt::Debug for Begin<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begin").finish_non_exhaustive()
    }
}

impl Database {
    /// Opens an interactive write transaction.
    ///
    /// It holds the writer until it ends: other writes wait, reads do not. One that is idle for longer than
    /// [`Options::transaction_idle_limit`](crate::Options::transaction_idle_limit) is rolled back. Where the steps are
    /// known beforehand, [`write`](Self::write) does the same in one trip and shares its commit.
    ///
    /// # Errors
    /// [`Busy`](crate::ErrorKind::Busy) if another process holds the write lock, and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future leaves no transaction open.
    pub fn begin(&self) -> Begin<Transaction> {
        let call = match self.options().read_only {
            true => Call::refused(Error::read_only("the database was opened read-only")),
            false => session::open(self.handle(), self.route(Target::Writer), Kind::Transaction),
        };
        Begin {
            call,
            wrap: |session| Transaction { session },
        }
    }

    /// Opens a read transaction whose statements, awaited one by one, all see the state of this moment.
    ///
    /// It holds a reader, and keeps the write-ahead log from shrinking, until it is dropped or reaches
    /// [`Options::snapshot_max_age`](crate::Options::snapshot_max_age). On a database in memory it holds the only
    /// connection.
    ///
    /// # Errors
    /// What every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future leaves nothing open.
    pub fn snapshot(&self) -> Begin<Snapshot> {
        Begin {
            call: session::open(self.handle(), self.route(Target::Reader), Kind::Snapshot),
            wrap: |session| Snapshot { session },
        }
    }
}

/// The reading calls of everything that holds a session.
macro_rules! reading_calls {
    ($name:ty) => {
        impl $name {
            /// Runs a query and gives all its rows. See [`Database::query`].
            ///
            /// # Errors
            /// As [`Database::query`], and the reason if the transaction or snapshot has ended.
            pub fn query<T>(
                &self,
                sql: impl Into<Cow<'static, str>>,
                params: impl IntoParams,
            ) -> Call<Vec<T>>
            where
                T: DeserializeOwned + Send + 'static,
            {
                let sql = sql.into();
                Call::or_refused(params.into_params().map(|params| {
                    self.session()
                        .call(move |engine| ReadTx::new(engine).query(&sql, params))
                }))
            }

            /// The first row of a query. See [`Database::query_one`].
            ///
            /// # Errors
            /// [`NoRows`](crate::ErrorKind::NoRows) if there is none; otherwise as [`query`](Self::query).
            pub fn query_one<T>(
                &self,
                sql: impl Into<Cow<'static, str>>,
                params: impl IntoParams,
            ) -> Call<T>
            where
                T: DeserializeOwned + Send + 'static,
            {
                let sql = sql.into();
                Call::or_refused(params.into_params().map(|params| {
                    self.session()
                        .call(move |engine| ReadTx::new(engine).query_one(&sql, params))
                }))
            }

            /// The first row of a query, if it has any. See [`Database::query_opt`].
            ///
            /// # Errors
            /// As [`query`](Self::query).
            pub fn query_opt<T>(
                &self,
                sql: impl Into<Cow<'static, str>>,
                params: impl IntoParams,
            ) -> Call<Option<T>>
            where
                T: DeserializeOwned + Send + 'static,
            {
                let sql = sql.into();
                Call::or_refused(params.into_params().map(|params| {
                    self.session()
                        .call(move |engine| ReadTx::new(engine).query_opt(&sql, params))
                }))
            }

            /// The only column of the first row. See [`Database::query_scalar`].
            ///
            /// # Errors
            /// As [`query_one`](Self::query_one).
            pub fn query_scalar<T>(
                &self,
                sql: impl Into<Cow<'static, str>>,
                params: impl IntoParams,
            ) -> Call<T>
            where
                T: DeserializeOwned + Send + 'static,
            {
                let sql = sql.into();
                Call::or_refused(params.into_params().map(|params| {
                    self.session()
                        .call(move |engine| ReadTx::new(engine).query_scalar(&sql, params))
                }))
            }

            /// Runs a closure that reads, on the connection's thread, seeing what this transaction or snapshot sees.
            ///
            /// # Errors
            /// What the closure returns; otherwise as [`query`](Self::query).
            pub fn read<R, F>(&self, work: F) -> Call<R>
            where
                F: FnOnce(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
                R: Send + 'static,
            {
                self.session()
                    .call(move |engine| work(&mut ReadTx::new(engine)))
            }
        }
    };
}

/// The writing calls of everything that holds a write transaction.
macro_rules! writing_calls {
    ($name:ty) => {
        impl $name {
            /// Runs one statement and gives the number of rows it changed.
            ///
            /// # Errors
            /// As [`Database::execute`]. A statement that fails is undone by itself, and the transaction goes on.
            ///
            /// # Cancel safety
            /// Dropping the future before it is ready rolls the whole transaction back: nobody could know otherwise
            /// whether the statement is part of it. So does a passed deadline.
            pub fn execute(
                &self,
                sql: impl Into<Cow<'static, str>>,
                params: impl IntoParams,
            ) -> Call<u64> {
                let sql = sql.into();
                Call::or_refused(params.into_params().map(|params| {
                    self.session()
                        .call(move |engine| Tx::new(engine).execute_params(&sql, params))
                }))
            }

            /// Runs several statements, separated by semicolons and without parameters.
            ///
            /// # Errors
            /// As [`execute`](Self::execute), for the first that fails; the ones before it are part of the transaction.
            ///
            /// # Cancel safety
            /// As [`execute`](Self::execute).
            pub fn execute_batch(&self, sql: impl Into<Cow<'static, str>>) -> Call<()> {
                let sql = sql.into();
                self.session().call(move |engine| engine.run_batch(&sql))
            }

            /// Runs a closure on the connection's thread, as a savepoint of its own: its work stays or goes whole.
            ///
            /// # Errors
            /// What the closure returns, after its work was undone.
            ///
            /// # Cancel safety
            /// As [`execute`](Self::execute).
            pub fn run<R, F>(&self, work: F) -> Call<R>
            where
                F: FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
                R: Send + 'static,
            {
                self.session()
                    .call(move |engine| Tx::new(engine).savepoint(work))
            }

            /// Opens a savepoint, which borrows this until it ends.
            ///
            /// # Errors
            /// The reason if the transaction has ended.
            ///
            /// # Cancel safety
            /// As [`execute`](Self::execute).
            pub fn savepoint(&mut self) -> Step<&mut Self, usize, Savepoint<'_>> {
                let opening = self.opening_savepoint();
                Step::new(
                    opening,
                    self,
                    |_| (),
                    |holder, depth| depth.map(|depth| holder.opened_savepoint(depth)),
                )
            }

            pub(crate) fn opening_savepoint(&self) -> Call<usize> {
                self.session().call(|engine| engine.open_at_depth())
            }

            /// The handle of the savepoint that was opened at this depth.
            pub(crate) fn opened_savepoint(&mut self, depth: usize) -> Savepoint<'_> {
                Savepoint {
                    session: self.session(),
                    depth,
                    is_open: true,
                }
            }
        }
    };
}

/// An interactive write transaction, from [`Database::begin`].
///
/// Ends with [`commit`](Self::commit) or [`rollback`](Self::rollback); dropping it rolls back.
pub struct Transaction {
    session: Session,
}

impl Transaction {
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Commits, and returns when that is as durable as [`Options::synchronous`](crate::Options::synchronous) says.
    ///
    /// # Errors
    /// [`Constraint`](crate::ErrorKind::Constraint) if a deferred foreign key is violated,
    /// [`DiskFull`](crate::ErrorKind::DiskFull) or [`Io`](crate::ErrorKind::Io), and the reason if the transaction has
    /// ended. After an error nothing is committed, unless [`Error::committed`] says `Unknown`.
    ///
    /// # Cancel safety
    /// Dropping the future: the transaction is committed whole or rolled back whole.
    pub fn commit(self) -> Step<Self, (), ()> {
        Step::new(self.committing(), self, |_| (), |_, outcome| outcome)
    }

    pub(crate) fn committing(&self) -> Call<()> {
        self.session.call(|engine| {
            engine.commit()?;
            engine.collector().publish();
            Ok(())
        })
    }

    /// Rolls back.
    ///
    /// # Errors
    /// The reason if the transaction has ended; it is rolled back then as well.
    ///
    /// # Cancel safety
    /// Dropping the future rolls back all the same.
    pub fn rollback(self) -> Step<Self, (), ()> {
        Step::new(self.rolling_back(), self, |_| (), |_, outcome| outcome)
    }

    pub(crate) fn rolling_back(&self) -> Call<()> {
        self.session.call(|engine| {
            engine.rollback();
            Ok(())
        })
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

reading_calls!(Transaction);
writing_calls!(Transaction);

/// A part of a [`Transaction`] that can be undone by itself.
///
/// Ends with [`commit`](Self::commit), which makes it part of what is around it, or [`rollback`](Self::rollback);
/// dropping it rolls it back. What is around it cannot be used meanwhile: it is borrowed.
pub struct Savepoint<'t> {
    session: &'t Session,
    depth: usize,
    is_open: bool,
}

impl Savepoint<'_> {
    fn session(&self) -> &Session {
        self.session
    }

    /// Makes the savepoint's work part of what is around it.
    ///
    /// # Errors
    /// The reason if the transaction has ended.
    ///
    /// # Cancel safety
    /// Dropping the future rolls the whole transaction back.
    pub fn commit(self) -> Step<Self, (), ()> {
        Step::new(self.committing(), self, Self::begin_to_end, Self::end)
    }

    pub(crate) fn committing(&self) -> Call<()> {
        let depth = self.depth;
        self.session.call(move |engine| engine.keep_depth(depth))
    }

    /// Undoes the savepoint's work; the transaction goes on.
    ///
    /// # Errors
    /// The reason if the transaction has ended.
    ///
    /// # Cancel safety
    /// Dropping the future rolls the whole transaction back.
    pub fn rollback(self) -> Step<Self, (), ()> {
        Step::new(self.rolling_back(), self, Self::begin_to_end, Self::end)
    }

    pub(crate) fn rolling_back(&self) -> Call<()> {
        let depth = self.depth;
        self.session.call(move |engine| engine.undo_depth(depth))
    }

    /// From here on the call decides what becomes of the savepoint: dropping that rolls the transaction back.
    fn begin_to_end(&mut self) {
        self.is_open = false;
    }

    /// A call that failed may not have reached the connection: then the savepoint is rolled back as when it is dropped.
    pub(crate) fn end(mut self, outcome: Result<()>) -> Result<()> {
        self.is_open = outcome.is_err();
        outcome
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.is_open {
            let depth = self.depth;
            self.session.detach(move |engine| engine.undo_depth(depth));
        }
    }
}

impl fmt::Debug for Savepoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Savepoint").finish_non_exhaustive()
    }
}

reading_calls!(Savepoint<'_>);
writing_calls!(Savepoint<'_>);

/// An interactive read transaction, from [`Database::snapshot`]. Dropping it ends it.
///
/// Its calls run on the reader that it holds, so that nested reads never wait for a second one.
///
/// # Cancel safety
/// Dropping one of its calls aborts that statement only.
pub struct Snapshot {
    session: Session,
}

impl Snapshot {
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

reading_calls!(Snapshot);

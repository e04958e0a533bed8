//! The handle of a database and its calls.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::authorizer::{may_write, starts_with_keyword};
use crate::call::{Call, Route};
use crate::changes::Changes;
use crate::core::{Core, Target};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::job::{Mode, Reply, Wakes};
use crate::options::Options;
use crate::params::{IntoParams, Params};
use crate::stats::{CallClass, Stats};
use crate::sync::Arc;
use crate::trace;
use crate::tx::{ReadTx, Tx};

/// Keeps a database open; when the last one goes, the database closes by itself.
pub(crate) struct Handle(Arc<Core>);

impl Handle {
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.0.begin_closing() {
            self.0.close_in_background(None, || {});
        }
    }
}

/// An SQLite database whose calls never block the caller's executor.
///
/// Cloning gives another handle of the same database. All calls are futures that run on any executor; see
/// [`blocking`](Self::blocking) for callers without one. Read [the concurrency contract](crate::_concurrency) to know
/// what each call promises.
#[derive(Clone)]
pub struct Database {
    handle: Arc<Handle>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("path", &self.core().options.path)
            .finish_non_exhaustive()
    }
}

impl Options {
    /// Opens the database.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) with the option's name for a bad value; [`Io`](crate::ErrorKind::Io) for a
    /// path that cannot be opened; [`NotADatabase`](crate::ErrorKind::NotADatabase) and
    /// [`WrongKey`](crate::ErrorKind::WrongKey) for a file that is none, or not with this key.
    ///
    /// # Cancel safety
    /// Dropping the future closes whatever it has opened.
    pub fn open(self) -> Opening {
        Opening {
            options: Some(self),
            begun: None,
        }
    }
}

/// The future of [`Options::open`].
#[must_use = "a database is opened by awaiting this"]
#[derive(Debug)]
pub struct Opening {
    options: Option<Options>,
    begun: Option<(Arc<Reply<()>>, Database)>,
}

impl Opening {
    fn begin(options: Options) -> Result<(Arc<Reply<()>>, Database)> {
        options.validate()?;
        let core = Core::new(options);
        let reply = Arc::new(Reply::new());
        core.start(reply.clone())?;
        let handle = Arc::new(Handle(core));
        Ok((reply, Database { handle }))
    }

    /// Opens the database on this thread's time, for callers without an executor.
    ///
    /// # Errors
    /// As [`Options::open`].
    pub fn wait(self) -> Result<Database> {
        crate::core::refuse_reentry()?;
        crate::call::block_on(self)
    }
}

impl Future for Opening {
    type Output = Result<Database>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Database>> {
        if let Some(options) = self.options.take() {
            self.begun = Some(Self::begin(options)?);
        }
        let Some((reply, _)) = &self.begun else {
            return Poll::Ready(Err(Error::misuse("polled after it was ready")));
        };
        let opened = std::task::ready!(reply.poll(cx));
        let database = self.begun.take().map(|(_, database)| database);
        if let (Ok(()), Some(database)) = (&opened, &database) {
            trace::opened(&database.core().label, &database.options().path);
        }
        Poll::Ready(
            opened
                .and_then(|()| database.ok_or_else(|| Error::misuse("polled after it was ready"))),
        )
    }
}

impl Database {
    /// Opens the file at `path` with default [`Options`], creating it if there is none.
    ///
    /// # Errors
    /// As [`Options::open`].
    pub fn open(path: impl AsRef<Path>) -> Opening {
        Options::new(path).open()
    }

    /// Opens a new database in memory.
    ///
    /// # Errors
    /// As [`Options::open`].
    pub fn open_in_memory() -> Opening {
        Options::memory().open()
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        self.handle.core()
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.handle
    }

    pub(crate) fn route(&self, target: Target) -> Route {
        Route::Core(self.handle.clone(), target)
    }

    /// The options with which the database was opened.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.core().options
    }

    /// The same database for synchronous callers.
    #[must_use]
    pub fn blocking(&self) -> crate::blocking::Database {
        crate::blocking::Database::over(self.clone())
    }

    // Single statements.

    /// Runs one statement in a transaction of its own and gives the number of rows it changed.
    ///
    /// The call returns after the commit is as durable as [`Options::synchronous`] says. Statements of concurrent
    /// callers share a commit, but not their failures.
    ///
    /// # Errors
    /// [`Query`](crate::ErrorKind::Query), [`Constraint`](crate::ErrorKind::Constraint),
    /// [`Misuse`](crate::ErrorKind::Misuse) for parameters that do not fit or more than one statement in the text,
    /// [`DiskFull`](crate::ErrorKind::DiskFull), [`Io`](crate::ErrorKind::Io), and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future: the statement has happened whole or not at all.
    pub fn execute(&self, sql: impl Into<Cow<'static, str>>, params: impl IntoParams) -> Call<u64> {
        let sql = sql.into();
        Call::or_refused(params.into_params().map(|params| {
            let mode = statement_mode(&sql);
            self.write_job(mode, move |engine| execute(engine, &sql, params))
        }))
    }

    /// Runs several statements, separated by semicolons and without parameters, in one transaction.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first statement that fails; then none has happened.
    ///
    /// # Cancel safety
    /// As [`execute`](Self::execute).
    pub fn execute_batch(&self, sql: impl Into<Cow<'static, str>>) -> Call<()> {
        let sql = sql.into();
        self.write_job(Mode::Closure, move |engine| engine.run_batch(&sql))
    }

    /// Runs one statement for each row of parameters: one transaction, one prepared statement.
    ///
    /// The rows are drawn from their iterator on the writer's thread, one at a time: any number of them needs no more
    /// memory than one, and an iterator that waits holds the writer up.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); [`Error::item`] is the index of the row that failed, and nothing has happened.
    ///
    /// # Cancel safety
    /// As [`execute`](Self::execute).
    pub fn execute_many<I>(&self, sql: impl Into<Cow<'static, str>>, rows: I) -> Call<u64>
    where
        I: IntoIterator<Item: IntoParams> + Send + 'static,
    {
        let sql = sql.into();
        self.write_job(Mode::Closure, move |engine| {
            Tx::new(engine).execute_many(&sql, rows)
        })
    }

    /// Runs a query and gives all its rows. A text that writes (`INSERT … RETURNING`) runs on the writer.
    ///
    /// `T` is a tuple (columns by position), a struct with `serde::Deserialize` (columns by name), a single value, or
    /// [`Row`](crate::Row).
    ///
    /// # Errors
    /// As [`ReadTx::query`], and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future aborts the statement where it runs.
    pub fn query<T>(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> Call<Vec<T>>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.query_job(sql.into(), params, |tx, sql, params| tx.query(sql, params))
    }

    /// The first row of a query.
    ///
    /// # Errors
    /// [`NoRows`](crate::ErrorKind::NoRows) if there is none; otherwise as [`query`](Self::query).
    ///
    /// # Cancel safety
    /// As [`query`](Self::query).
    pub fn query_one<T>(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> Call<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.query_job(sql.into(), params, |tx, sql, params| {
            tx.query_one(sql, params)
        })
    }

    /// The first row of a query, if it has any.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    ///
    /// # Cancel safety
    /// As [`query`](Self::query).
    pub fn query_opt<T>(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> Call<Option<T>>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.query_job(sql.into(), params, |tx, sql, params| {
            tx.query_opt(sql, params)
        })
    }

    /// The only column of the first row.
    ///
    /// # Errors
    /// As [`query_one`](Self::query_one).
    ///
    /// # Cancel safety
    /// As [`query`](Self::query).
    pub fn query_scalar<T>(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> Call<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.query_job(sql.into(), params, |tx, sql, params| {
            tx.query_scalar(sql, params)
        })
    }

    // Closures.

    /// Runs a closure on a reader's thread, in a read transaction: all its statements see one state.
    ///
    /// # Errors
    /// What the closure returns, [`Panicked`](crate::ErrorKind::Panicked) with its message if it panics,
    /// [`ReadOnly`](crate::ErrorKind::ReadOnly) if it tries to write, and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future stops the closure at its next statement; code of its own runs on to there.
    pub fn read<R, F>(&self, work: F) -> Call<R>
    where
        F: FnOnce(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
        R: Send + 'static,
    {
        self.read_job(Mode::Read, move |engine| work(&mut ReadTx::new(engine)))
    }

    /// Runs a closure on the writer's thread, in a write transaction.
    ///
    /// Closures of concurrent callers are committed together, but none sees another fail: an error, a panic or a
    /// passed deadline undoes the work of its own closure only. The call returns after the commit.
    ///
    /// # Errors
    /// What the closure returns, after its work was undone; [`Panicked`](crate::ErrorKind::Panicked) if it panics; and
    /// what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future: the closure's work has happened whole or not at all.
    pub fn write<R, F>(&self, work: F) -> Call<R>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
        R: Send + 'static,
    {
        self.write_job(Mode::Closure, move |engine| work(&mut Tx::new(engine)))
    }

    pub(crate) fn write_job<R: Send + 'static>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut Engine<'_>) -> Result<R> + Send + 'static,
    ) -> Call<R> {
        if self.core().options.read_only {
            return Call::refused(Error::read_only("the database was opened read-only"));
        }
        Call::new(self.route(Target::Writer), CallClass::Write, mode, work)
    }

    pub(crate) fn read_job<R: Send + 'static>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut Engine<'_>) -> Result<R> + Send + 'static,
    ) -> Call<R> {
        let mode = match mode {
            // In memory the only connection serves reads too, and must know them from writes.
            Mode::Statement if self.core().options.is_memory() => Mode::Read,
            mode => mode,
        };
        Call::new(self.route(Target::Reader), CallClass::Read, mode, work)
    }

    fn query_job<R, F>(&self, sql: Cow<'static, str>, params: impl IntoParams, run: F) -> Call<R>
    where
        F: FnOnce(&mut ReadTx<'_>, &str, Params) -> Result<R> + Send + 'static,
        R: Send + 'static,
    {
        let params = match params.into_params() {
            Ok(params) => params,
            Err(error) => return Call::refused(error),
        };
        let writes = may_write(&sql) && !self.core().options.read_only;
        let work = move |engine: &mut Engine<'_>| run(&mut ReadTx::new(engine), &sql, params);
        match writes {
            true => self.write_job(Mode::Closure, work),
            false => self.read_job(Mode::Statement, work),
        }
    }

    // The database as a whole.

    /// The committed changes from here on, as a stream.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.core().changes.subscribe()
    }

    /// Figures of this database handle and all its clones since it was opened.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core().stats()
    }

    /// Closes the database: refuses new calls, finishes those already made, rolls open transactions back, empties the
    /// write-ahead log, and ends all threads. What still runs after [`Options::close_timeout`] is interrupted.
    ///
    /// Every handle and clone is closed with it. Closing twice, or at the same time, is harmless.
    ///
    /// # Errors
    /// None of its own.
    ///
    /// # Cancel safety
    /// Dropping the future does not stop the closing, which has begun when it is first polled.
    pub fn close(&self) -> Closing {
        Closing {
            core: self.core().clone(),
            reply: None,
            timeout: None,
        }
    }
}

/// The future of [`Database::close`].
#[must_use = "a database is closed by awaiting this"]
pub struct Closing {
    core: Arc<Core>,
    reply: Option<Arc<Reply<()>>>,
    timeout: Option<Duration>,
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").finish_non_exhaustive()
    }
}

impl Closing {
    /// Sets how long calls already made may take before they are interrupted, instead of [`Options::close_timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Waits on this thread, which must not be an executor's.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) inside a closure of the database.
    pub fn wait(self) -> Result<()> {
        crate::core::refuse_reentry()?;
        crate::call::block_on(self)
    }

    fn begin(&self) -> Arc<Reply<()>> {
        let reply = Arc::new(Reply::new());
        let answer = reply.clone();
        self.core.begin_closing();
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        self.core.close_in_background(deadline, move || {
            let mut wakes = Wakes::default();
            answer.stage(());
            answer.deliver(&mut wakes);
            wakes.wake_all();
        });
        reply
    }
}

impl Future for Closing {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.reply.is_none() {
            self.reply = Some(self.begin());
        }
        match &self.reply {
            Some(reply) => reply.poll(cx),
            None => Poll::Pending,
        }
    }
}

fn execute(engine: &mut Engine<'_>, sql: &str, params: Params) -> Result<u64> {
    let done = engine.run(sql, params, &mut |_| Ok(ControlFlow::Continue(())))?;
    Ok(done.changes)
}

/// How a text of one statement must be run, told from its words alone.
fn statement_mode(sql: &str) -> Mode {
    let outside = ["VACUUM", "ATTACH", "DETACH", "PRAGMA"];
    match outside.iter().any(|word| starts_with_keyword(sql, word)) {
        true => Mode::Solo,
        false => Mode::Statement,
    }
}

//! The one error type of the crate: what failed, where, and what has become of the work.

mod constraint;
mod detail;
mod display;
mod kind;
mod redact;
mod sqlite;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub use constraint::{Constraint, ConstraintKind};
pub use detail::{Committed, Conversion, Timing};
pub use kind::ErrorKind;

pub(crate) use redact::{content, without};

/// A result whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong in a call.
///
/// Match on [`kind`](Error::kind) and read the accessors for the details. Bound values never appear in an error:
/// neither in its message, nor in its debug output, nor in its sources.
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    /// Outermost last.
    contexts: Vec<Cow<'static, str>>,
    extended_code: Option<i32>,
    sql: Option<Arc<str>>,
    sql_offset: Option<usize>,
    constraint: Option<Constraint>,
    conversion: Option<Conversion>,
    timing: Option<Timing>,
    committed: Committed,
    item: Option<usize>,
    source: Option<Arc<BoxedError>>,
}

type BoxedError = Box<dyn StdError + Send + Sync>;

impl Error {
    /// An error of your own, thrown from a closure that runs in the database.
    ///
    /// It comes out of the call unchanged: see [`downcast_ref`](Error::downcast_ref) and
    /// [`downcast`](Error::downcast). Its work is rolled back like that of any failed closure. An [`Error`] passed in
    /// is given back as it is.
    pub fn application<E: Into<Box<dyn StdError + Send + Sync>>>(error: E) -> Self {
        match error.into().downcast::<Self>() {
            Ok(own) => *own,
            Err(other) => Self::new(ErrorKind::Application, other.to_string()).with_source(other),
        }
    }

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// SQLite's extended result code, where SQLite reported the failure.
    #[must_use]
    pub fn extended_code(&self) -> Option<i32> {
        self.0.extended_code
    }

    /// Whether the same call may well succeed when it is simply made again, with nothing done twice.
    ///
    /// True when the database was busy, and when the deadline passed before the call had begun to run.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let never_ran = self.0.timing.is_some_and(|timing| timing.ran.is_zero());
        self.0.committed == Committed::No
            && match self.0.kind {
                ErrorKind::Busy => true,
                ErrorKind::Deadline => never_ran,
                _ => false,
            }
    }

    /// The constraint that was violated.
    #[must_use]
    pub fn constraint(&self) -> Option<&Constraint> {
        self.0.constraint.as_ref()
    }

    /// The text of the statement that failed, where it is known.
    #[must_use]
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// The byte position in [`sql`](Error::sql) at which SQLite stopped understanding it.
    #[must_use]
    pub fn sql_offset(&self) -> Option<usize> {
        self.0.sql_offset
    }

    /// The column that could not be converted, and the types involved.
    #[must_use]
    pub fn conversion(&self) -> Option<&Conversion> {
        self.0.conversion.as_ref()
    }

    /// How long the call waited and ran before it was stopped.
    #[must_use]
    pub fn timing(&self) -> Option<Timing> {
        self.0.timing
    }

    /// Whether the call's work may have become durable in spite of the error.
    #[must_use]
    pub fn committed(&self) -> Committed {
        self.0.committed
    }

    /// The index of the failed item of a batch, counted from zero.
    #[must_use]
    pub fn item(&self) -> Option<usize> {
        self.0.item
    }

    /// The error given to [`application`](Error::application), or the source of another kind, if it is an `E`.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.source.as_ref()?.downcast_ref::<E>()
    }

    /// Takes out the error given to [`application`](Error::application).
    ///
    /// # Errors
    /// Gives `self` back if the source is not an `E`, or if a copy of it is held elsewhere because the error was
    /// answered to several callers.
    pub fn downcast<E: StdError + 'static>(mut self) -> Result<E, Self> {
        if self.downcast_ref::<E>().is_none() {
            return Err(self);
        }
        match self.0.source.take().map(Arc::try_unwrap) {
            Some(Ok(only)) => Ok(*only
                .downcast::<E>()
                .expect("invariant: the type was checked above")),
            Some(Err(shared)) => {
                self.0.source = Some(shared);
                Err(self)
            }
            None => Err(self),
        }
    }
}

/// Constructors for the crate itself.
impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            contexts: Vec::new(),
            extended_code: None,
            sql: None,
            sql_offset: None,
            constraint: None,
            conversion: None,
            timing: None,
            committed: Committed::No,
            item: None,
            source: None,
        }))
    }

    pub(crate) fn misuse(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Misuse, message)
    }

    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the database is closed")
    }

    pub(crate) fn busy(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Busy, message)
    }

    pub(crate) fn read_only(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::ReadOnly, message)
    }

    pub(crate) fn deadline(timing: Timing, committed: Committed) -> Self {
        Self::new(ErrorKind::Deadline, "the deadline has passed")
            .with_timing(timing)
            .with_committed(committed)
    }

    pub(crate) fn cancelled(timing: Timing, committed: Committed) -> Self {
        Self::new(ErrorKind::Cancelled, "the call was cancelled")
            .with_timing(timing)
            .with_committed(committed)
    }

    pub(crate) fn io(message: impl Into<Cow<'static, str>>, source: std::io::Error) -> Self {
        Self::new(kind::of_io(&source), message).with_source(source)
    }

    /// Keeps the panic's message; the payload itself cannot be shared between threads.
    pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        let text = match (
            payload.downcast_ref::<&'static str>(),
            payload.downcast_ref::<String>(),
        ) {
            (Some(text), _) => text,
            (_, Some(text)) => text.as_str(),
            _ => "with a payload that is not text",
        };
        let error = Self::new(ErrorKind::Panicked, format!("the closure panicked: {text}"));
        // A payload that panics when it is dropped must not end the thread that caught it; the second one is kept.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
        dropped.unwrap_or_else(std::mem::forget);
        error
    }

    pub(crate) fn conversion_failed(conversion: Conversion, message: String) -> Self {
        let mut error = Self::new(ErrorKind::Conversion, message);
        error.0.conversion = Some(conversion);
        error
    }

    /// Moves the place in a statement to its place in the text that holds the statement at `start`.
    pub(crate) fn within_script(mut self, script: &str, start: usize) -> Self {
        if let Some(offset) = self.0.sql_offset {
            self.0.sql_offset = Some(start + offset);
            self.0.sql = Some(Arc::from(script));
        }
        self
    }

    /// Puts what was being done in front of the message.
    pub(crate) fn context(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.contexts.push(message.into());
        self
    }

    pub(crate) fn with_item(mut self, item: usize) -> Self {
        self.0.item = Some(item);
        self
    }

    pub(crate) fn with_committed(mut self, committed: Committed) -> Self {
        self.0.committed = committed;
        self
    }

    /// Says what is known of the work after its commit has failed with this error.
    pub(crate) fn of_commit(self) -> Self {
        let committed = match self.kind() {
            // The frames of the commit may have reached the file before the sync failed.
            ErrorKind::Io => Committed::Unknown,
            _ => Committed::No,
        };
        self.with_committed(committed)
    }

    pub(crate) fn with_timing(mut self, timing: Timing) -> Self {
        self.0.timing = Some(timing);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxedError>) -> Self {
        self.0.source = Some(Arc::new(source.into()));
        self
    }

    /// The same error for another caller that shares its fate; the source is shared.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::io(error.to_string(), error)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(&***source)
    }
}

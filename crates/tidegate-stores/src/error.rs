//! The one error type of the crate: which field, thing or state stood in the way, or what the database said.

mod kind;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

pub use kind::ErrorKind;

/// A result whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store did not do what it was asked for.
///
/// Match on [`kind`](Error::kind) and read the accessors for the details. Within a closure of
/// [`tidegate::Database::write`] or `read`, `?` turns it into a [`tidegate::Error`]; outside, `Error::from` gives it back
/// as it was:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tidegate_stores::{Error, ErrorKind, Labels};
///
/// let db = tidegate::Database::open_in_memory().await?;
/// let refused = db.write(|_| Ok(Labels::new([("no-such-name", "x")])?)).await.unwrap_err();
/// let error = Error::from(refused);
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.field(), Some("labels"));
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    /// The field, the thing, or the limit.
    subject: Cow<'static, str>,
    reason: Cow<'static, str>,
    found: Option<Cow<'static, str>>,
    position: Option<usize>,
    item: Option<usize>,
    source: Option<tidegate::Error>,
}

impl Error {
    /// The class of the failure: what a program decides by.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The field that was refused, as a path: `labels`, `details`, `matchers`. For
    /// [`InvalidInput`](ErrorKind::InvalidInput) and [`Limit`](ErrorKind::Limit) only.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        let has_field = matches!(self.0.kind, ErrorKind::InvalidInput | ErrorKind::Limit);
        has_field.then_some(&*self.0.subject)
    }

    /// Why, without the field: for an answer that carries the field beside it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The state that was found instead of the expected one. For [`Conflict`](ErrorKind::Conflict) only.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// Where in the given text it stands: the byte offset, or the line (from 1) where the call says so.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// The index of the refused item of several, counted from zero.
    #[must_use]
    pub fn item(&self) -> Option<usize> {
        self.0.item
    }

    /// What the database said. For [`Database`](ErrorKind::Database) only.
    #[must_use]
    pub fn database(&self) -> Option<&tidegate::Error> {
        self.0.source.as_ref()
    }
}

/// Constructors for the crate itself. The texts stand with the module that knows the reason.
impl Error {
    pub(crate) fn invalid(
        field: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ErrorKind::InvalidInput, field.into(), reason.into())
    }

    pub(crate) fn not_found(what: &'static str, key: impl fmt::Display) -> Self {
        let reason = format!("there is no {what} {key}");
        Self::new(ErrorKind::NotFound, what.into(), reason.into())
    }

    pub(crate) fn conflict(
        what: &'static str,
        reason: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Conflict, what.into(), reason.into());
        error.0.found = Some(found.into());
        error
    }

    pub(crate) fn limit(
        field: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ErrorKind::Limit, field.into(), reason.into())
    }

    pub(crate) fn at(mut self, position: usize) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Puts the field into the part of the input where it stands: `targets` becomes `routes[2].targets`.
    pub(crate) fn within(mut self, part: &str) -> Self {
        if self.field().is_some() {
            self.0.subject = format!("{part}.{}", self.0.subject).into();
        }
        self
    }

    pub(crate) fn of_item(mut self, item: usize) -> Self {
        self.0.item = Some(item);
        self
    }

    /// The same of another field, as for one that lies within what the caller checks.
    pub(crate) fn in_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.subject = field.into();
        self
    }

    fn new(kind: ErrorKind, subject: Cow<'static, str>, reason: Cow<'static, str>) -> Self {
        Self(Box::new(Inner {
            kind,
            subject,
            reason,
            found: None,
            position: None,
            item: None,
            source: None,
        }))
    }
}

/// An error of a store that went through a closure comes back as it was; everything else is the database's.
impl From<tidegate::Error> for Error {
    fn from(error: tidegate::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(|error| {
            let reason = "the database did not do it";
            let mut own = Self::new(ErrorKind::Database, "database".into(), reason.into());
            own.0.source = Some(error);
            own
        })
    }
}

/// What the database said goes back as it was; everything else becomes an application's error.
impl From<Error> for tidegate::Error {
    fn from(mut error: Error) -> Self {
        match error.0.source.take() {
            Some(database) => database,
            None => Self::application(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(item) = self.0.item {
            write!(f, "item {item}: ")?;
        }
        if let Some(field) = self.field() {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.0.reason)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|error| error as _)
    }
}

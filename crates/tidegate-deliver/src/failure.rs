//! The error type of the crate: why a message was not delivered.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::escape;

#[cfg(test)]
mod tests;

/// How much of what others say is kept in a message; counted in characters.
const MAX_CAUSE_CHARS: usize = 300;

/// Why a message was not delivered, or is not known to have been.
///
/// Match on [`kind`](Self::kind), or ask [`is_permanent`](Self::is_permanent). The message is one line without control
/// characters, says where it failed, and never holds a secret: neither a password, nor a header, nor more of an address
/// than its scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    kind: FailureKind,
    message: Cow<'static, str>,
    code: Option<u16>,
    retry_after: Option<Duration>,
    permanent: bool,
}

/// The class of a [`Failure`]: what a program decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// A setting of the target makes no sense. Nothing was sent.
    Config,
    /// The message is too long or malformed. Nothing was sent.
    Message,
    /// A secret is not there or is not readable. Nothing was sent.
    Secret,
    /// The target's address is not on the public internet, and the target does not allow that. Nothing was sent.
    AddressRefused,
    /// There is no connection, or it broke. The message may have been delivered if it broke.
    Connect,
    /// There is no trusted connection: the certificate is not valid, or TLS is not offered. Nothing was sent.
    Tls,
    /// The time was up. The message may have been delivered.
    Timeout,
    /// An HTTP receiver answered with another status than 2xx; see [`code`](Failure::code).
    HttpStatus,
    /// What the receiver answered is not of its protocol. The message may have been delivered.
    BadAnswer,
    /// A mail server refused for good (5xx).
    SmtpPermanent,
    /// A mail server refused for now (4xx).
    SmtpTransient,
    /// The operating system failed at a file or the console. A part of the line may have been written.
    Io,
}

impl FailureKind {
    /// A stable code for logs, metrics and tables, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Message => "message",
            Self::Secret => "secret",
            Self::AddressRefused => "address_refused",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::HttpStatus => "http_status",
            Self::BadAnswer => "bad_answer",
            Self::SmtpPermanent => "smtp_permanent",
            Self::SmtpTransient => "smtp_transient",
            Self::Io => "io",
        }
    }

    const fn is_permanent(self) -> bool {
        matches!(
            self,
            Self::Config | Self::Message | Self::AddressRefused | Self::SmtpPermanent
        )
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Failure {
    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Whether trying again is of no use until somebody changes the target, the message or the receiver.
    ///
    /// So are refused settings, messages and addresses, redirects, HTTP statuses from 400 to 499 but for 408, 425 and
    /// 429, and 5xx of a mail server. A missing secret is not: it may be put in its place.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.permanent
    }

    /// How long the receiver asks to be left alone (`Retry-After`), up to a day.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The status of an HTTP answer or the code of a mail server's, if that is why it failed.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        self.code
    }

    pub(crate) fn new(kind: FailureKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            code: None,
            retry_after: None,
            permanent: kind.is_permanent(),
        }
    }

    /// `doing` failed, and `cause` (with its own causes) says why.
    pub(crate) fn because(
        kind: FailureKind,
        doing: &str,
        cause: &(dyn StdError + 'static),
    ) -> Self {
        Self::new(kind, format!("{doing}: {}", told(cause)))
    }

    /// `setting` has a value that makes no sense, for `reason`.
    pub(crate) fn config(setting: &str, reason: impl fmt::Display) -> Self {
        Self::new(FailureKind::Config, format!("`{setting}` {reason}"))
    }

    pub(crate) fn io(doing: &str, cause: &io::Error) -> Self {
        Self::because(FailureKind::Io, doing, cause)
    }

    pub(crate) fn with_code(mut self, code: u16) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn permanent(mut self, permanent: bool) -> Self {
        self.permanent = permanent;
        self
    }

    pub(crate) fn after(mut self, retry_after: Option<Duration>) -> Self {
        self.retry_after = retry_after;
        self
    }

    /// The same failure, as that of `place`.
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message).into();
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Failure {}

/// What `error` and its causes say, in one line; what a cause repeats is left out.
fn told(error: &(dyn StdError + 'static)) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            told = format!("{told}: {text}");
        }
        cause = error.source();
    }
    escape::cut(&escape::line(&told), MAX_CAUSE_CHARS)
}

/// The first `T` among `error` and its causes.
pub(crate) fn find<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // The cause of an io::Error is that of the error within, which would be passed over.
        let within = error.downcast_ref::<io::Error>();
        next = match within.and_then(io::Error::get_ref) {
            Some(within) => Some(within),
            None => error.source(),
        };
    }
    None
}

//! What a command answers when it could not do its work: a message, the place, a hint, what was kept, an exit code.

use std::borrow::Cow;
use std::fmt;
use std::io;

use serde_json::{Map, Value, json};
use tidegate::{Committed, ErrorKind};

use crate::output::escape;
use crate::signals::Stop;

/// The command was refused or failed.
pub(crate) const FAILED: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// The deadline passed.
pub(crate) const DEADLINE: u8 = 124;
/// Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;
/// SIGTERM.
pub(crate) const TERMINATED: u8 = 143;

/// The code of a server that does not answer.
const UNREACHABLE: &str = "unreachable";

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command ended without its result.
#[derive(Debug)]
pub(crate) struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Cow<'static, str>,
    exit: u8,
    message: String,
    hint: Option<String>,
    kept: Option<String>,
    file: Option<String>,
    line: Option<u64>,
    /// The reader of our output is gone: there is nobody to tell, and nothing is wrong.
    silent: bool,
    /// The commit was under way: the work may be there or not.
    unknown: bool,
}

impl Failure {
    fn new(code: impl Into<Cow<'static, str>>, exit: u8, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code: code.into(),
            exit,
            message: message.into(),
            hint: None,
            kept: None,
            file: None,
            line: None,
            silent: false,
            unknown: false,
        }))
    }

    /// The arguments fit the grammar and yet make no sense together.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new("usage", USAGE, message)
    }

    /// The program will not do it, because something could be lost.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new("refused", FAILED, message)
    }

    /// The data given is not what it should be.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new("input", FAILED, message)
    }

    /// The operating system refused something.
    pub(crate) fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent();
        }
        Self::new("io", FAILED, format!("{what}: {error}"))
    }

    /// What a server or a store refused, under its stable code.
    pub(crate) fn answered(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(code, FAILED, message)
    }

    /// The server did not answer.
    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::new(UNREACHABLE, FAILED, message)
    }

    pub(crate) fn is_unreachable(&self) -> bool {
        self.0.code == UNREACHABLE
    }

    pub(crate) fn deadline(message: impl Into<String>) -> Self {
        Self::new("deadline", DEADLINE, message)
    }

    /// A signal asked the program to end.
    pub(crate) fn stopped(stop: Stop) -> Self {
        Self::new("interrupted", stop.exit_code(), stop.message())
    }

    fn silent() -> Self {
        let mut failure = Self::new("broken_pipe", 0, "nobody reads the output any more");
        failure.0.silent = true;
        failure
    }

    /// Says it in other words.
    pub(crate) fn message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// What to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// What has become of the work.
    pub(crate) fn kept(mut self, kept: impl Into<String>) -> Self {
        self.0.kept = Some(kept.into());
        self
    }

    /// What has become of the work, where that was not said before.
    pub(crate) fn or_kept(self, kept: &str) -> Self {
        match self.0.kept {
            Some(_) => self,
            None => self.kept(kept),
        }
    }

    /// Says that nothing was kept, unless that is not known.
    pub(crate) fn nothing_kept(self, what: &str) -> Self {
        match self.0.unknown {
            true => self.kept("unknown: look before doing it again"),
            false => self.kept(what),
        }
    }

    /// The line of the file of input, counted from one.
    pub(crate) fn at(mut self, file: &str, line: u64) -> Self {
        self.0.file = Some(file.to_owned());
        self.0.line = Some(line);
        self
    }

    /// Gives a code that is more to the point in the place of a general one.
    pub(crate) fn recoded(mut self, general: &str, code: &'static str) -> Self {
        if self.0.code == general {
            self.0.code = code.into();
        }
        self
    }

    /// Names the file of input, where a line of it is known.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        if self.0.line.is_some() {
            self.0.file = Some(file.to_owned());
        }
        self
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.0.silent
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.0.exit
    }

    /// The driver told of a call that its token cancelled, and only a signal uses the token.
    pub(crate) fn or_stopped(self, stop: Option<Stop>) -> Self {
        match stop {
            Some(stop) if self.0.code == ErrorKind::Cancelled.as_str() => {
                let mut stopped = Self::stopped(stop);
                stopped.0.unknown = self.0.unknown;
                stopped
            }
            _ => self,
        }
    }

    /// `{"error": {…}}`, as `--json` prints it.
    pub(crate) fn to_json(&self) -> Value {
        let inner = &self.0;
        let mut error = Map::new();
        error.insert("code".into(), inner.code.clone().into());
        error.insert("message".into(), inner.message.clone().into());
        let texts = [
            ("file", &inner.file),
            ("hint", &inner.hint),
            ("kept", &inner.kept),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                error.insert(name.into(), text.clone().into());
            }
        }
        if let Some(line) = inner.line {
            error.insert("line".into(), line.into());
        }
        error.insert("exit_code".into(), inner.exit.into());
        json!({ "error": error })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let (Some(file), Some(line)) = (&inner.file, inner.line) {
            write!(f, "{}, line {line}: ", escape::line(file))?;
        }
        f.write_str(&escape::lines(&inner.message))?;
        for (label, text) in [("kept", &inner.kept), ("hint", &inner.hint)] {
            if let Some(text) = text {
                write!(f, "\n{label}: {}", escape::lines(text))?;
            }
        }
        Ok(())
    }
}

impl From<tidegate::Error> for Failure {
    fn from(error: tidegate::Error) -> Self {
        // What a closure of ours threw comes out as it went in.
        let error = match error.downcast::<Carried>() {
            Ok(Carried(failure)) => return failure,
            Err(error) => error,
        };
        let error = match error.downcast::<tidegate_stores::Error>() {
            Ok(refused) => return refused.into(),
            Err(error) => error,
        };
        let exit = match error.kind() {
            ErrorKind::Deadline => DEADLINE,
            _ => FAILED,
        };
        let mut failure = Self::new(error.kind().as_str(), exit, error.to_string());
        failure.0.unknown = error.committed() == Committed::Unknown;
        match hint_of(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// What a store refuses has the same code as the server gives it.
impl From<tidegate_stores::Error> for Failure {
    fn from(error: tidegate_stores::Error) -> Self {
        use tidegate_stores::ErrorKind as Kind;
        let code = match error.kind() {
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::Limit => "limit_exceeded",
            Kind::InvalidInput => "invalid_field",
            _ => return tidegate::Error::from(error).into(),
        };
        let position = match error.position() {
            Some(byte) => format!(" (byte {byte})"),
            None => String::new(),
        };
        Self::answered(code, format!("{error}{position}"))
    }
}

/// A failure on its way through a closure of the driver.
#[derive(Debug)]
struct Carried(Failure);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Carried {}

impl From<Failure> for tidegate::Error {
    fn from(failure: Failure) -> Self {
        Self::application(Carried(failure))
    }
}

fn hint_of(error: &tidegate::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::Busy => {
            "another process holds the lock: try again, or see who has the file open"
        }
        ErrorKind::Corrupt => {
            "`tidegate check` tells what is damaged; `tidegate restore` brings a backup back"
        }
        ErrorKind::NotADatabase if cfg!(feature = "encryption") => {
            "if the file is encrypted, give its key with --key-file, TIDEGATE_KEY or --ask-key"
        }
        ErrorKind::NotADatabase => {
            "encrypted files need a binary built with `--features encryption`"
        }
        ErrorKind::WrongKey => "give the key with --key-file, TIDEGATE_KEY or --ask-key",
        ErrorKind::DiskFull => "make room and try again: nothing of the failed step was written",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;

//! What became of a command that ran.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;

#[cfg(test)]
pub(crate) mod tests;

/// What became of a command that ran: by whom it ended, and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How the process ended.
    pub status: Status,
    /// Why it was made to end; `None` if it ended by itself or by somebody else's signal.
    pub stopped: Option<Stop>,
    /// What it wrote to its standard output.
    pub stdout: Captured,
    /// What it wrote to its standard error.
    pub stderr: Captured,
    /// How long the call had waited for a place before the command was started. It counts against the timeout.
    pub waited: Duration,
    /// How long the command took, from when it had a place until nothing was left of it.
    pub ran: Duration,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It exited with this code; 0 stands for success.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

/// Why a command was made to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// Its timeout had passed. Its group was asked to end, and was killed if it had not ended after the grace period.
    TimedOut {
        /// Whether the command itself did not end when it was asked to, and had to be killed.
        killed: bool,
    },
    /// It had used up its processor time and was told by `SIGXCPU`. One that takes no notice is killed by the kernel a
    /// second later, and then shows that signal only; so does one whose child used up its own time.
    CpuLimit,
}

/// What a command wrote to one of its streams.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Captured {
    /// The beginning of what it wrote, up to the cap.
    pub bytes: Vec<u8>,
    /// Bytes that were written beyond the cap, read, and dropped.
    pub dropped_bytes: u64,
    /// Whether the stream was read to its end. False when something that the command had started still held it open.
    pub complete: bool,
}

impl Outcome {
    /// Whether the command ended by itself with exit code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.stopped.is_none() && self.status == Status::Code(0)
    }
}

impl Captured {
    /// The kept bytes as text, with `�` for what is not UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Whether all that was written is in [`bytes`](Self::bytes).
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.complete && self.dropped_bytes == 0
    }
}

impl Status {
    pub(crate) fn of(status: ExitStatus) -> Self {
        match status.code() {
            Some(code) => Self::Code(code),
            None => Self::Signal(status.signal().unwrap_or_default()),
        }
    }

    /// Whether this is how the kernel ends a process that has used up its processor time.
    pub(crate) fn is_cpu_limit(self) -> bool {
        self == Self::Signal(Signal::XCPU.as_raw())
    }
}

impl fmt::Display for Outcome {
    /// One line for people, without any of the output.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stopped {
            Some(stop) => write!(f, "{stop} ({})", self.status)?,
            None => self.status.fmt(f)?,
        }
        write!(f, " after {:.1?}", self.ran)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "ended by signal {signal}"),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut { killed: false } => "timed out",
            Self::TimedOut { killed: true } => "timed out and killed",
            Self::CpuLimit => "processor time used up",
        })
    }
}

impl fmt::Debug for Captured {
    /// Its beginning only: outputs are long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN_BYTES: usize = 200;
        let shown = &self.bytes[..self.bytes.len().min(SHOWN_BYTES)];
        f.debug_struct("Captured")
            .field("begins", &String::from_utf8_lossy(shown))
            .field("kept_bytes", &self.bytes.len())
            .field("dropped_bytes", &self.dropped_bytes)
            .field("complete", &self.complete)
            .finish()
    }
}

//! The script that applies limits, reads them back, and becomes the program.

use std::fmt::Write as _;
use std::path::Path;
use std::process;

use crate::command::Limits;
use crate::error::{Error, ErrorKind, Result};

#[cfg(test)]
mod tests;

const SHELL: &str = "/bin/sh";
/// The most of the shell's complaint that an error shows, in characters.
const COMPLAINT_MAX_CHARS: usize = 200;

/// A script that applies limits, reads them back, and becomes the program.
///
/// It is made of fixed words and numbers. The program and its arguments are the script's positional parameters, which
/// the shell never parses. What it reads back comes first in the output, so that it can be told apart from the
/// program's own: unless it is there, the program did not run.
pub(super) struct Trampoline {
    script: String,
    /// What the shell writes when it has applied what was asked for.
    read_back: String,
}

impl Trampoline {
    /// `None` if there is nothing to apply.
    ///
    /// # Errors
    /// [`Limits`](ErrorKind::Limits) if a limit is beyond what this process may use itself, or there is no shell.
    pub(super) fn of(limits: &Limits) -> Result<Option<Self>> {
        if limits.is_none() {
            return Ok(None);
        }
        if !Path::new(SHELL).exists() {
            let message = format!("`limits` cannot be applied: there is no {SHELL}");
            return Err(Error::new(ErrorKind::Limits, message));
        }
        let mut script = "unset PWD OLDPWD SHLVL; ".to_owned();
        let mut show = String::new();
        let mut read_back = String::new();
        for limit in limits.ulimits() {
            limit.check()?;
            // The lower one first: a hard limit may not be below the soft one.
            for (kind, value) in [('S', limit.soft), ('H', limit.hard)] {
                let option = limit.option;
                write!(script, "ulimit -{kind} -{option} {value} && ")
                    .and_then(|()| write!(show, "ulimit -{kind} -{option}; "))
                    .and_then(|()| writeln!(read_back, "{value}"))
                    .expect("invariant: writing to a String does not fail");
            }
        }
        write!(script, "{{ {show}}} && exec \"$@\"")
            .expect("invariant: writing to a String does not fail");
        Ok(Some(Self { script, read_back }))
    }

    /// The command that runs the script with `program`, whose arguments are to follow.
    pub(super) fn command(&self, program: &Path) -> process::Command {
        let mut command = process::Command::new(SHELL);
        command.args(["-c", &self.script, SHELL]).arg(program);
        command
    }

    pub(super) fn read_back_bytes(&self) -> usize {
        self.read_back.len()
    }

    /// Whether the shell read back what was asked for.
    pub(super) fn has_applied(&self, preamble: &[u8]) -> bool {
        preamble == self.read_back.as_bytes()
    }

    /// The error for a run in which the shell did not get as far as the program.
    pub(super) fn failed(stderr: &[u8]) -> Error {
        let complaint = String::from_utf8_lossy(stderr);
        let complaint: String = complaint.trim().chars().take(COMPLAINT_MAX_CHARS).collect();
        let message = format!("`limits` could not be applied; {SHELL} says {complaint:?}");
        Error::new(ErrorKind::Limits, message)
    }
}

//! A child process that is killed in the middle of its work.

use std::env;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio, exit};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Rng, wait_until};

#[cfg(test)]
mod tests;

/// Environment variable that tells a child of [`ChildProcess::this_test`] what to be.
const ROLE_VARIABLE: &str = "TESTKIT_CHILD_ROLE";

/// Environment variable with the directory of a child of [`ChildProcess::this_test`].
const DIR_VARIABLE: &str = "TESTKIT_CHILD_DIR";

/// A running child; killed when dropped.
#[derive(Debug)]
pub struct ChildProcess {
    child: Child,
}

/// How a child came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was killed by SIGKILL, as intended.
    Killed,
    /// It had ended by itself before.
    Exited(ExitStatus),
}

impl ChildProcess {
    /// Starts a command, with a pipe as its standard input that ends with this process.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        Ok(ChildProcess {
            child: command.stdin(Stdio::piped()).spawn()?,
        })
    }

    /// Starts one test of the running test executable again, as a child in a role.
    ///
    /// `test` is the test's full path (`module::test`); it finds its role by [`child_role`] and
    /// runs as the parent where there is none.
    ///
    /// # Errors
    /// When the executable cannot be started.
    pub fn this_test(test: &str, role: &str, dir: &Path) -> io::Result<Self> {
        Self::this_test_by(&mut Command::new(env::current_exe()?), test, role, dir)
    }

    /// As [`this_test`](Self::this_test), by a command that runs the running test executable, such
    /// as [`limits::file_size`](crate::limits::file_size) gives.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn this_test_by(
        command: &mut Command,
        test: &str,
        role: &str,
        dir: &Path,
    ) -> io::Result<Self> {
        command.args([test, "--exact", "--nocapture", "--include-ignored"]);
        command
            .env(ROLE_VARIABLE, role)
            .env(DIR_VARIABLE, dir)
            .stdout(Stdio::null());
        Self::spawn(command)
    }

    /// Whether it has not ended yet.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn is_running(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Kills it at a random moment within a span from now, or sees it end before.
    ///
    /// # Errors
    /// When the system refuses to wait or to kill.
    pub fn kill_at_random(self, rng: &mut Rng, within: Range<Duration>) -> io::Result<End> {
        let moment = Instant::now() + rng.duration(within);
        self.kill_when(Duration::MAX, || Instant::now() >= moment)
    }

    /// Kills it as soon as a condition holds or `limit` has passed, or sees it end before.
    ///
    /// # Errors
    /// When the system refuses to wait or to kill.
    pub fn kill_when(
        mut self,
        limit: Duration,
        mut condition: impl FnMut() -> bool,
    ) -> io::Result<End> {
        // Whether it was the condition, the child's end or the limit shows in how it ended.
        let _ = wait_until(limit, || {
            condition() || !matches!(self.is_running(), Ok(true))
        });
        self.kill()
    }

    /// Kills it now.
    ///
    /// # Errors
    /// When the system refuses to wait or to kill.
    pub fn kill(mut self) -> io::Result<End> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(End::Exited(status));
        }
        self.child.kill()?;
        let status = self.child.wait()?;
        // It may have ended by itself between the look and the kill.
        Ok(if status.code().is_none() {
            End::Killed
        } else {
            End::Exited(status)
        })
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When the system refuses to wait.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        // Waiting would close the pipe, whose end tells the child that its parent is gone.
        let _pipe = self.child.stdin.take();
        self.child.wait()
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        // Nobody is left to tell when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The role and the directory of this process, where it is a child of
/// [`ChildProcess::this_test`] or [`ChildProcess::this_test_by`]. Such a child ends with its parent from this call on.
pub fn child_role() -> Option<(String, PathBuf)> {
    let role = env::var(ROLE_VARIABLE).ok()?;
    let dir = env::var_os(DIR_VARIABLE)?;
    thread::spawn(|| {
        // Nothing ever comes; the pipe ends when the parent does.
        let _ = io::stdin().read(&mut [0]);
        exit(1);
    });
    Some((role, dir.into()))
}

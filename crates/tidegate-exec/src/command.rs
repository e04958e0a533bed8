//! What to run: a program with its arguments, surroundings and limits.

mod environment;
mod limits;
#[cfg(test)]
mod tests;
mod validate;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use environment::Environment;
pub use limits::Limits;

use crate::human_time;

/// A command: a program with its arguments, surroundings and limits.
///
/// The arguments go to the program as they are; no shell ever reads them. The program sees only those environment
/// variables that are listed or set here. It is run by a [`Runner`](crate::Runner).
///
/// A program without a `/` is looked for in the directories of the `PATH` that the command is given, or, if it is given
/// none, in those of this process; only absolute directories count. A program with a `/` is relative to the
/// command's working directory.
///
/// ```
/// use std::time::Duration;
/// use tidegate_exec::Command;
///
/// let command = Command::new(["df", "--output=pcent", "/"])
///     .inherit_env(["PATH", "LANG"])
///     .env("TZ", "UTC")
///     .timeout(Duration::from_secs(5));
/// ```
///
/// As part of a configuration file, everything but `argv` may be left out:
///
/// ```toml
/// argv = ["df", "--output=pcent", "/"]
/// timeout = "5s"
/// inherit_env = ["PATH", "LANG"]
/// env = { TZ = "UTC" }
/// limits = { cpu_seconds = 2, no_core = true }
/// ```
#[derive(Clone, Deserialize)]
#[serde(default = "Command::without_argv", deny_unknown_fields)]
pub struct Command {
    pub(crate) argv: Vec<String>,
    pub(crate) working_directory: Option<PathBuf>,
    inherit_env: Vec<String>,
    env: Environment,
    #[serde(deserialize_with = "text")]
    pub(crate) stdin: Option<Arc<[u8]>>,
    #[serde(with = "human_time")]
    pub(crate) timeout: Duration,
    #[serde(with = "human_time")]
    pub(crate) kill_after: Duration,
    #[serde(with = "human_time")]
    pub(crate) drain_for: Duration,
    pub(crate) output_cap_bytes: usize,
    pub(crate) limits: Limits,
}

impl Command {
    /// The program and its arguments. Unless said otherwise it gets no environment and no input, has 30 s to
    /// run and 5 s to end when it is asked to, and the first MiB of each of its streams is kept.
    pub fn new<S: Into<String>>(argv: impl IntoIterator<Item = S>) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            ..Self::without_argv()
        }
    }

    /// Where it runs; in this process's working directory unless said otherwise.
    #[must_use]
    pub fn working_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.working_directory = Some(directory.into());
        self
    }

    /// Names of environment variables that it inherits, if this process has them when it is started.
    #[must_use]
    pub fn inherit_env<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.inherit_env.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets an environment variable; it goes before an inherited one. Values are never shown.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.set(name.into(), value.into());
        self
    }

    /// What it reads from its standard input; nothing unless said otherwise. It need not read it all.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(Arc::from(bytes.into()));
        self
    }

    /// How long it may take, up to a day, with the waiting for a place among the running commands.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long its group has to end between being asked to (`SIGTERM`) and being killed (`SIGKILL`), up to 5 minutes;
    /// zero kills at once.
    #[must_use]
    pub fn kill_after(mut self, grace: Duration) -> Self {
        self.kill_after = grace;
        self
    }

    /// How long, up to a minute, its streams are still read after it has ended while something that it started holds
    /// them open; then the group is killed. Half a second unless said otherwise.
    #[must_use]
    pub fn drain_for(mut self, time: Duration) -> Self {
        self.drain_for = time;
        self
    }

    /// How many bytes are kept of each stream, up to a GiB. What is written beyond is read, counted and dropped, so that
    /// the command never waits for a reader.
    #[must_use]
    pub fn output_cap_bytes(mut self, cap: usize) -> Self {
        self.output_cap_bytes = cap;
        self
    }

    /// What each of its processes may use.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The program, as it was given.
    pub(crate) fn program(&self) -> &str {
        self.argv.first().map_or("", String::as_str)
    }

    fn without_argv() -> Self {
        Self {
            argv: Vec::new(),
            working_directory: None,
            inherit_env: Vec::new(),
            env: Environment::default(),
            stdin: None,
            timeout: Duration::from_secs(30),
            kill_after: Duration::from_secs(5),
            drain_for: Duration::from_millis(500),
            output_cap_bytes: 1 << 20,
            limits: Limits::none(),
        }
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<[u8]>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| Arc::from(text.into_bytes())))
}

impl fmt::Debug for Command {
    /// Without the values of the environment and without the input, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("argv", &self.argv)
            .field("working_directory", &self.working_directory)
            .field("inherit_env", &self.inherit_env)
            .field("env", &self.env)
            .field("stdin_bytes", &self.stdin.as_ref().map(|bytes| bytes.len()))
            .field("timeout", &self.timeout)
            .field("kill_after", &self.kill_after)
            .field("drain_for", &self.drain_for)
            .field("output_cap_bytes", &self.output_cap_bytes)
            .field("limits", &self.limits)
            .finish()
    }
}

//! Shell scripts that say which processes they are, and whether those are still there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tidegate_exec::{Command, Outcome, Runner};
use tidegate_testkit::wait_until;

/// For what is certain to come; only a failing test waits so long.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Longer than any test: what sleeps so long has been killed, or the test hangs.
pub(crate) const LONG: Duration = Duration::from_secs(600);

/// A place where scripts leave the numbers of their processes.
pub(crate) struct Scene {
    home: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// A shell script with the commands of an ordinary `PATH`, run here.
    pub(crate) fn script(&self, script: &str) -> Command {
        sh(script)
            .working_directory(self.home.path())
            .timeout(LONG)
            .drain_for(Duration::from_millis(50))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until a script has written `name`.
    pub(crate) async fn written(&self, name: &str) {
        let path = self.path(name);
        until(&format!("{name} is written"), || !is_empty(&path)).await;
    }

    /// The processes that scripts have left in the file `name`.
    pub(crate) fn pids(&self, name: &str) -> Vec<u32> {
        let lines = self.lines(name);
        lines.iter().map(|line| line.parse().unwrap()).collect()
    }
}

pub(crate) fn sh(script: &str) -> Command {
    Command::new(["sh", "-c", script]).inherit_env(["PATH"])
}

pub(crate) fn runner() -> Runner {
    Runner::new(4).unwrap()
}

pub(crate) async fn run(command: &Command) -> Outcome {
    runner().run(command).await.unwrap()
}

/// Waits for an event without blocking the runtime.
pub(crate) async fn until(event: &str, mut condition: impl FnMut() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let waited = tokio::time::timeout(LIMIT, wait).await;
    assert!(waited.is_ok(), "in vain: {event}");
}

/// Waits, on a thread of the test, until no process of `pids` runs.
pub(crate) fn all_end(pids: &[u32]) {
    for pid in pids {
        assert!(
            wait_until(LIMIT, || !runs(*pid)),
            "process {pid} still runs"
        );
    }
}

/// Whether the process is there and no zombie, which somebody else may be slow to reap.
pub(crate) fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

/// Whether the process is there, as a zombie perhaps.
pub(crate) fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

pub(crate) fn kill(pid: u32) {
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |found| found.len() == 0)
}

//! Waiting for an event that other threads bring about, and seeing which threads live.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// Time between two looks at the condition of [`wait_until`].
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The kernel keeps this many bytes of a thread's name.
const THREAD_NAME_BYTES: usize = 15;

/// Waits until a condition holds; false when `timeout` passed first.
///
/// It is for events that are certain to come (a thread ends, a file appears) and have no handle
/// to wait on. It is no substitute for ordering: a test that needs "long enough" instead of a
/// condition hides a race.
#[must_use = "false says that the event did not come"]
pub fn wait_until(timeout: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if condition() {
            return true;
        }
        if started.elapsed() >= timeout {
            return false;
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Names of this process's live threads that begin with a prefix, sorted.
///
/// The kernel cuts thread names at 15 bytes, so the prefix is cut there too. Empty where the
/// system has no `/proc`.
pub fn threads_named(prefix: &str) -> Vec<String> {
    let prefix = &prefix.as_bytes()[..prefix.len().min(THREAD_NAME_BYTES)];
    let Ok(tasks) = fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    // A thread may end between the listing and the look at its name.
    let mut names: Vec<String> = tasks
        .flatten()
        .filter_map(|task| fs::read(task.path().join("comm")).ok())
        .filter(|name| name.starts_with(prefix))
        .map(|name| String::from_utf8_lossy(name.trim_ascii_end()).into_owned())
        .collect();
    names.sort_unstable();
    names
}

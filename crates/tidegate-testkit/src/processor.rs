//! How long a thread has waited for a processor: what a busy machine took from it, as the kernel counts it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Holds three numbers: nanoseconds run, nanoseconds ready to run and waiting, and how often it was given a processor.
const SCHEDULE: &str = "/proc/thread-self/schedstat";

/// More than three numbers of 64 bits take.
const LONGEST_LINE: usize = 64;

thread_local! {
    /// The file belongs to the thread that opens it, and tells anew at each read.
    static OWN: Option<File> = File::open(SCHEDULE).ok();
}

/// How long the current thread has been ready to run without a processor, in all its life.
///
/// Time that it slept, waited for a lock or for a disk does not count. Always zero where the system does not tell.
pub fn processor_wait() -> Duration {
    let waited = OWN.with(|file| file.as_ref().and_then(read));
    waited.unwrap_or_default()
}

fn read(file: &File) -> Option<Duration> {
    let mut line = [0; LONGEST_LINE];
    let length = file.read_at(&mut line, 0).ok()?;
    parse(str::from_utf8(&line[..length]).ok()?)
}

fn parse(line: &str) -> Option<Duration> {
    let waited = line.split_whitespace().nth(1)?;
    Some(Duration::from_nanos(waited.parse().ok()?))
}

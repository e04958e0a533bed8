//! The machine that was measured on, as Linux tells it.

use std::fs::{File, read_to_string};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bench_harness::{Result, Spread};
use hdrhistogram::Histogram;

/// Facts that a reader needs to judge the figures.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) kernel: String,
    pub(crate) memory_gib: f64,
    pub(crate) file_system: String,
    /// The load average of the last minute, before the first run.
    pub(crate) load: String,
    pub(crate) compiler: String,
    pub(crate) commit: String,
    pub(crate) day: String,
}

impl Machine {
    /// Looks around; the file system is that of the directory.
    pub(crate) fn describe(directory: &Path) -> Result<Self> {
        let processor =
            value_after(&read_to_string("/proc/cpuinfo")?, "model name").unwrap_or_default();
        let memory = value_after(&read_to_string("/proc/meminfo")?, "MemTotal").unwrap_or_default();
        Ok(Self {
            cores: std::thread::available_parallelism()?.into(),
            processor,
            kernel: read_to_string("/proc/sys/kernel/osrelease")?
                .trim()
                .to_owned(),
            memory_gib: gib(&memory),
            file_system: file_system_of(
                &read_to_string("/proc/self/mounts")?,
                &directory.canonicalize()?,
            ),
            load: read_to_string("/proc/loadavg")?
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
            compiler: first_line_of("rustc", &["--version"]),
            commit: first_line_of("git", &["rev-parse", "--short", "HEAD"]),
            day: first_line_of("date", &["-u", "+%Y-%m-%d"]),
        })
    }
}

/// The value of the first «key : value» line with this key.
fn value_after(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn gib(kib: &str) -> f64 {
    let kib: f64 = kib
        .trim_end_matches("kB")
        .trim()
        .parse()
        .unwrap_or_default();
    kib / f64::from(1 << 20)
}

/// The type of the file system that is mounted nearest above the path.
fn file_system_of(mounts: &str, path: &Path) -> String {
    let mounted = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let nearest = mounted
        .filter(|(point, _)| path.starts_with(point))
        .max_by_key(|(point, _)| point.len());
    nearest.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

/// What a program prints first; nothing where there is no such program.
fn first_line_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
}

/// Times how long the disk takes to make a page durable.
#[derive(Debug)]
pub(crate) struct SyncTimer(Histogram<u64>);

/// The longest sync that is told apart: a minute.
const LONGEST_SYNC_NS: u64 = 60_000_000_000;

/// Pages written and synced for one sample.
const SYNCS: usize = 100;

impl SyncTimer {
    pub(crate) fn new() -> Self {
        Self(
            Histogram::new_with_max(LONGEST_SYNC_NS, 3)
                .expect("invariant: three digits up to a minute are valid bounds"),
        )
    }

    /// Appends pages to a file in the directory, each by itself to the disk, as a log does.
    pub(crate) fn sample(&mut self, directory: &Path) -> Result<()> {
        let path = directory.join("sync-timer");
        let mut file = File::create(&path)?;
        for _ in 0..SYNCS {
            file.write_all(&[1; 4096])?;
            let begun = Instant::now();
            file.sync_data()?;
            self.0.saturating_record(begun.elapsed().as_nanos() as u64);
        }
        Ok(std::fs::remove_file(path)?)
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread::from(&self.0)
    }
}

#[cfg(test)]
mod tests;

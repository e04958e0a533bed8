//! The machine that was measured on, as Linux tells it.

use std::fmt::{self, Write as _};
use std::fs::{File, read_to_string};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bench_harness::{Result, Spread};
use hdrhistogram::Histogram;

use crate::format::duration;

/// Facts that a reader needs to judge the figures.
#[derive(Debug)]
pub struct Machine {
    cores: usize,
    processor: String,
    kernel: String,
    memory_gib: f64,
    file_system: String,
    /// The load average of the last minute, before the first run.
    load: String,
    compiler: String,
    commit: String,
    day: String,
}

impl Machine {
    /// Looks around; the file system is that of the directory.
    ///
    /// # Errors
    /// If the system does not tell, or the directory is in memory: durable writes mean nothing there.
    pub fn describe(directory: &Path) -> Result<Self> {
        let processor =
            value_after(&read_to_string("/proc/cpuinfo")?, "model name").unwrap_or_default();
        let memory = value_after(&read_to_string("/proc/meminfo")?, "MemTotal").unwrap_or_default();
        let machine = Self {
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
        };
        if machine.file_system == "tmpfs" {
            let why = "is in memory; durable writes mean nothing there";
            return Err(format!("{} {why}", directory.display()).into());
        }
        Ok(machine)
    }

    /// The first rows of the table that says how it was measured, with its head.
    ///
    /// # Errors
    /// None: writing to a text does not fail.
    pub fn write(&self, page: &mut String, sync: Spread, command: &str) -> fmt::Result {
        page.push_str("## How it was measured\n\n| | |\n|---|---|\n");
        writeln!(page, "| day, commit | {}, {} |", self.day, self.commit)?;
        writeln!(
            page,
            "| machine | {} cores, {}, {:.1} GiB of memory |",
            self.cores, self.processor, self.memory_gib
        )?;
        writeln!(
            page,
            "| system | Linux {}, {} |",
            self.kernel, self.file_system
        )?;
        writeln!(page, "| load before the first run | {} |", self.load)?;
        writeln!(
            page,
            "| `fdatasync` of one appended 4 KiB page, in the same run | p50 {}, p99 {}, max {} |",
            duration(sync.p50 as f64),
            duration(sync.p99 as f64),
            duration(sync.max as f64)
        )?;
        writeln!(page, "| compiler | {}, release profile |", self.compiler)?;
        let given: Vec<String> = std::env::args().skip(1).collect();
        writeln!(page, "| command | `{command} {}` |", given.join(" "))
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
pub struct SyncTimer(Histogram<u64>);

/// The longest sync that is told apart: a minute.
const LONGEST_SYNC_NS: u64 = 60_000_000_000;

/// Pages written and synced for one sample.
const SYNCS: usize = 100;

impl Default for SyncTimer {
    fn default() -> Self {
        Self(
            Histogram::new_with_max(LONGEST_SYNC_NS, 3)
                .expect("invariant: three digits up to a minute are valid bounds"),
        )
    }
}

impl SyncTimer {
    /// Appends pages to a file in the directory, each by itself to the disk, as a log does.
    ///
    /// # Errors
    /// What the disk answers.
    pub fn sample(&mut self, directory: &Path) -> Result<()> {
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

    /// How long it took so far.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread::from(&self.0)
    }
}

#[cfg(test)]
mod tests;

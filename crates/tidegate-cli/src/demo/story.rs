//! What the demonstration found, told to people and programs.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::load::{Load, READERS, WRITERS};
use crate::output::{
    Report, Section, bold, bytes, count, dim, duration, green, grid, micros, rate,
};

/// Highest and lowest water at one harbour.
#[derive(Debug)]
pub(crate) struct Extremes {
    pub(crate) harbour: String,
    pub(crate) lowest: f64,
    pub(crate) highest: f64,
    pub(crate) highest_at: String,
}

/// The data set in its table.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) rows: u64,
    pub(crate) took: Duration,
    pub(crate) extremes: Vec<Extremes>,
}

/// A query that would run for ever, and what came after it.
#[derive(Debug)]
pub(crate) struct Runaway {
    pub(crate) deadline: Duration,
    pub(crate) stopped_after: Duration,
    /// How long the next query took.
    pub(crate) next_took: Duration,
}

/// The file, opened again.
#[derive(Debug)]
pub(crate) struct Aftermath {
    pub(crate) sightings: u64,
    pub(crate) findings: Vec<String>,
    pub(crate) bytes: u64,
}

/// The whole story.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) file: PathBuf,
    pub(crate) kept: bool,
    pub(crate) imported: Imported,
    pub(crate) load: Load,
    pub(crate) runaway: Runaway,
    pub(crate) aftermath: Aftermath,
}

impl Story {
    /// Every acknowledged write is there, and the file is sound.
    pub(crate) fn is_well(&self) -> bool {
        self.aftermath.sightings == self.load.writes.count() && self.aftermath.findings.is_empty()
    }

    fn writes_per_commit(&self) -> f64 {
        match self.load.commits {
            0 => 0.0,
            commits => self.load.writes.count() as f64 / commits as f64,
        }
    }

    fn import_text(&self) -> String {
        let rows = self.imported.extremes.iter().map(|at| {
            vec![
                at.harbour.clone(),
                format!("{:.2} m", at.lowest),
                format!("{:.2} m", at.highest),
                at.highest_at.clone(),
            ]
        });
        let names = ["harbour", "lowest", "highest", "at"];
        let table = grid(&names, "<>><", rows.collect());
        let section = Section::new("1 · Import").line(
            "rows",
            format!(
                "{} hourly tide heights in {}, one transaction",
                count(self.imported.rows),
                duration(self.imported.took)
            ),
        );
        let indented: Vec<String> = table
            .lines()
            .map(|line| format!("  {}", line.trim_end()))
            .collect();
        format!("{section}\n\n{}", indented.join("\n"))
    }

    fn load_text(&self) -> Section {
        let load = &self.load;
        let per_second = |number| count(rate(number, load.took) as u64);
        Section::new(format!(
            "2 · {WRITERS} writers and {READERS} readers for {}, all tasks on one thread",
            duration(load.took)
        ))
        .line(
            "durable writes",
            format!(
                "{} per second   {}",
                bold(per_second(load.writes.count())),
                dim(load.writes.to_text())
            ),
        )
        .line(
            "group commit",
            format!(
                "{} writes acknowledged by {} commits: {} each",
                count(load.writes.count()),
                count(load.commits),
                bold(format!("{:.1}", self.writes_per_commit()))
            ),
        )
        .line(
            "point reads",
            format!(
                "{} per second   {}",
                bold(per_second(load.reads.count())),
                dim(load.reads.to_text())
            ),
        )
        .line(
            "1 ms ticker",
            format!(
                "late by p99 {}, at most {}, in {} ticks",
                bold(micros(load.ticker.lag_us.p99)),
                micros(load.ticker.lag_us.max),
                count(load.ticker.ticks)
            ),
        )
    }

    fn runaway_text(&self) -> Section {
        Section::new("3 · A query that would never end")
            .line(
                "deadline",
                format!(
                    "{}: stopped after {}",
                    duration(self.runaway.deadline),
                    bold(duration(self.runaway.stopped_after))
                ),
            )
            .line(
                "next query",
                format!("answered in {}", bold(duration(self.runaway.next_took))),
            )
    }

    fn aftermath_text(&self) -> Section {
        let lost = self.load.writes.count().abs_diff(self.aftermath.sightings);
        Section::new("4 · The file, opened again")
            .line(
                "writes",
                format!(
                    "{} of {} acknowledged are there",
                    count(self.aftermath.sightings),
                    count(self.load.writes.count())
                ),
            )
            .line(
                "integrity",
                match (lost, self.aftermath.findings.first()) {
                    (0, None) => green("sound"),
                    (_, Some(finding)) => finding.clone(),
                    (lost, None) => format!("{} writes differ", count(lost)),
                },
            )
            .line("size", bytes(self.aftermath.bytes))
    }

    fn farewell(&self) -> String {
        let (file, tidegate) = (self.file.display(), invocation());
        match self.kept {
            true => format!(
                "Look around:\n  {tidegate} query {file} 'SELECT * FROM tide LIMIT 5'\n  {tidegate} doctor {file}"
            ),
            false => format!(
                "Go on:\n  {tidegate} bench :temp:              measures your own disk\n  \
                 {tidegate} demo --keep tides.db     keeps this database\n  \
                 {tidegate} --help                   shows all verbs"
            ),
        }
    }
}

/// How the reader has most likely started this program.
fn invocation() -> &'static str {
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(_) => "cargo run --release --",
        None => "tidegate",
    }
}

impl Report for Story {
    fn to_json(&self) -> Json {
        let load = &self.load;
        json!({
            "file": self.kept.then(|| self.file.display().to_string()),
            "import": { "rows": self.imported.rows, "seconds": self.imported.took.as_secs_f64() },
            "load": {
                "writers": WRITERS,
                "readers": READERS,
                "seconds": load.took.as_secs_f64(),
                "writes": load.writes.to_json(),
                "reads": load.reads.to_json(),
                "commits": load.commits,
                "writes_per_commit": self.writes_per_commit(),
                "ticker": load.ticker,
            },
            "runaway": {
                "deadline_ms": self.runaway.deadline.as_secs_f64() * 1e3,
                "stopped_after_ms": self.runaway.stopped_after.as_secs_f64() * 1e3,
                "next_query_ms": self.runaway.next_took.as_secs_f64() * 1e3,
            },
            "aftermath": {
                "acknowledged": load.writes.count(),
                "found": self.aftermath.sightings,
                "findings": self.aftermath.findings,
                "bytes": self.aftermath.bytes,
            },
        })
    }

    fn to_text(&self) -> String {
        format!(
            "{} {}\n\n{}\n\n{}\n\n{}\n\n{}\n\n{}",
            bold("tidegate demo on"),
            self.file.display(),
            self.import_text(),
            self.load_text(),
            self.runaway_text(),
            self.aftermath_text(),
            dim(self.farewell())
        )
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}

//! Runs every case with every peer in turn, round after round, each run in a process and on a database of its own.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use bench_harness::{Job, Outcome, Result, Spread};
use bench_page::{Machine, SyncTimer};
use serde::Serialize;

use crate::build::{Program, Programs};
use crate::cases::Case;
use crate::options::Options;
use crate::peers::PeerInfo;

/// A run that takes longer than this hangs.
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// Everything that was measured, and where.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) answers: Vec<Answer>,
    pub(crate) versions: Vec<Version>,
    pub(crate) machine: Machine,
    /// How long the disk took to make 4 KiB durable, measured at the start of each round.
    pub(crate) sync_latency: Spread,
}

/// One peer's answer to one case in one round.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) case: &'static Case,
    pub(crate) peer: &'static PeerInfo,
    pub(crate) outcome: Outcome,
}

/// What a peer is made of.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) peer: &'static PeerInfo,
    pub(crate) library: String,
    pub(crate) sqlite: String,
}

/// Runs all rounds. The first peer of a case is another one in each round, so that none always has its place.
pub(crate) fn run(options: &Options, programs: &Programs, target: &Path) -> Result<Measured> {
    let stage = Stage::set_up(target, &programs.generate)?;
    let machine = Machine::describe(&stage.directory)?;
    let mut answers = Vec::new();
    let mut syncs = SyncTimer::default();
    for round in 0..options.rounds {
        syncs.sample(&stage.directory)?;
        for case in &options.cases {
            eprintln!("round {} of {}: {}", round + 1, options.rounds, case.name);
            for place in 0..programs.peers.len() {
                let program = &programs.peers[(place + round) % programs.peers.len()];
                let outcome = stage.measure(options, case, program)?;
                answers.push(Answer {
                    case,
                    peer: program.peer,
                    outcome,
                });
            }
        }
    }
    let versions = versions(programs, &answers);
    Ok(Measured {
        answers,
        versions,
        machine,
        sync_latency: syncs.spread(),
    })
}

fn versions(programs: &Programs, answers: &[Answer]) -> Vec<Version> {
    let version = |program: &Program| Version {
        peer: program.peer,
        library: program.version.clone(),
        sqlite: sqlite_version(program.peer, answers),
    };
    programs.peers.iter().map(version).collect()
}

fn sqlite_version(peer: &PeerInfo, answers: &[Answer]) -> String {
    let told = answers
        .iter()
        .filter(|answer| answer.peer == peer)
        .find_map(|answer| match &answer.outcome {
            Outcome::Measured(report) => Some(report.sqlite_version.clone()),
            Outcome::Unsupported => None,
        });
    told.unwrap_or_default()
}

/// A directory with the database that every run gets a copy of; removed in the end.
struct Stage {
    directory: PathBuf,
    template: PathBuf,
    copy: PathBuf,
}

impl Stage {
    fn set_up(target: &Path, generate: &Path) -> Result<Self> {
        let directory = target.join(format!("bench-data-{}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        let stage = Self {
            template: directory.join("template.db"),
            copy: directory.join("run.db"),
            directory,
        };
        let status = Command::new(generate).arg(&stage.template).status()?;
        if status.success() {
            Ok(stage)
        } else {
            Err(format!("{}: {status}", generate.display()).into())
        }
    }

    fn measure(&self, options: &Options, case: &Case, program: &Program) -> Result<Outcome> {
        self.make_fresh_copy()?;
        let job = Job {
            work: case.work,
            tasks: case.tasks,
            durability: case.durability,
            database: self.copy.clone(),
            readers: options.readers_at(case, program.peer),
            warmup_ms: options.warmup_ms(),
            measure_ms: options.measure_ms,
        };
        let line = output_of(&program.path, &serde_json::to_string(&job)?)
            .map_err(|error| format!("{} at {}: {error}", program.peer.name, case.name))?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Synced, so that no run pays for writing back its own database.
    fn make_fresh_copy(&self) -> Result<()> {
        for suffix in ["-wal", "-shm"] {
            let mut path = self.copy.clone().into_os_string();
            path.push(suffix);
            if Path::new(&path).exists() {
                std::fs::remove_file(path)?;
            }
        }
        std::fs::copy(&self.template, &self.copy)?;
        Ok(std::fs::File::open(&self.copy)?.sync_all()?)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.directory) {
            eprintln!("{} stays behind: {error}", self.directory.display());
        }
    }
}

/// What the program prints when given the job; an error when it fails or hangs.
fn output_of(program: &Path, job: &str) -> Result<String> {
    let mut child = Command::new(program)
        .arg(job)
        .stdout(Stdio::piped())
        .spawn()?;
    let Some(output) = wait_for_output(&mut child)? else {
        child.kill()?;
        child.wait()?;
        return Err(format!("no answer within {LONGEST_RUN:?}").into());
    };
    let status = child.wait()?;
    if status.success() {
        Ok(output)
    } else {
        Err(status.to_string().into())
    }
}

/// All it prints, or `None` when it does not end.
fn wait_for_output(child: &mut Child) -> Result<Option<String>> {
    let mut stdout = child
        .stdout
        .take()
        .ok_or("the child's output is not piped")?;
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = String::new();
        // Nobody waits any more once the time is over.
        let _ = send.send(stdout.read_to_string(&mut output).map(|_| output));
    });
    match receive.recv_timeout(LONGEST_RUN) {
        Ok(output) => Ok(Some(output?)),
        Err(_) => Ok(None),
    }
}

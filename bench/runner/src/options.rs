//! The runner's command line.

use std::path::PathBuf;

use crate::cases::{self, Case};
use crate::peers::{self, PeerInfo};

pub(crate) const USAGE: &str = "\
usage: cargo run --release --manifest-path bench/runner/Cargo.toml -- [options]
  --out FILE     write the page there instead of to standard output, and its figures as JSON beside it
  --quick        two short rounds, to see that everything works; the figures mean little
  --rounds N     how many rounds (5; at least 5 for figures that are published)
  --millis N     how long each run is measured (2,000); a quarter of it before is the warm-up
  --peer NAME    only this peer; may be repeated
  --case NAME    only this case; may be repeated
  --readers N    connections that read, for every peer (each library's own default)
";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Run(Options),
}

/// How the benchmarks are run.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) out: Option<PathBuf>,
    pub(crate) quick: bool,
    pub(crate) rounds: usize,
    /// Milliseconds of each run that are measured.
    pub(crate) measure_ms: u64,
    pub(crate) peers: Vec<&'static PeerInfo>,
    pub(crate) cases: Vec<&'static Case>,
    pub(crate) readers: Option<usize>,
}

impl Options {
    /// How many connections of this peer read.
    pub(crate) fn readers_of(&self, peer: &PeerInfo) -> usize {
        self.readers.unwrap_or_else(|| peer.readers.on(cores()))
    }

    /// How many of its connections read at this case.
    pub(crate) fn readers_at(&self, case: &Case, peer: &PeerInfo) -> usize {
        if case.one_reader {
            1
        } else {
            self.readers_of(peer)
        }
    }

    /// Milliseconds of each run before it is measured.
    pub(crate) fn warmup_ms(&self) -> u64 {
        self.measure_ms / 4
    }
}

/// Reads the arguments after the program's name; the error is a sentence for the user.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments;
    let mut raw = Raw::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--quick" => raw.quick = true,
            "--out" => raw.out = Some(PathBuf::from(value_of("--out", &mut arguments)?)),
            "--rounds" => raw.rounds = Some(number_of("--rounds", &mut arguments)?),
            "--millis" => raw.measure_ms = Some(number_of("--millis", &mut arguments)? as u64),
            "--readers" => raw.readers = Some(number_of("--readers", &mut arguments)?),
            "--peer" => raw
                .peers
                .push(peers::named(&value_of("--peer", &mut arguments)?)?),
            "--case" => raw
                .cases
                .push(cases::named(&value_of("--case", &mut arguments)?)?),
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(Command::Run(raw.completed()))
}

#[derive(Default)]
struct Raw {
    out: Option<PathBuf>,
    quick: bool,
    rounds: Option<usize>,
    measure_ms: Option<u64>,
    peers: Vec<&'static PeerInfo>,
    cases: Vec<&'static Case>,
    readers: Option<usize>,
}

impl Raw {
    fn completed(self) -> Options {
        Options {
            out: self.out,
            quick: self.quick,
            rounds: self.rounds.unwrap_or(if self.quick { 2 } else { 5 }),
            measure_ms: self
                .measure_ms
                .unwrap_or(if self.quick { 300 } else { 2_000 }),
            peers: all_unless_named(self.peers, peers::ALL),
            cases: all_unless_named(self.cases, cases::ALL),
            readers: self.readers,
        }
    }
}

fn all_unless_named<T>(named: Vec<&'static T>, all: &'static [T]) -> Vec<&'static T> {
    if named.is_empty() {
        all.iter().collect()
    } else {
        named
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn value_of(option: &str, arguments: &mut impl Iterator<Item = String>) -> Result<String, String> {
    arguments
        .next()
        .ok_or_else(|| format!("{option} needs a value"))
}

fn number_of(option: &str, arguments: &mut impl Iterator<Item = String>) -> Result<usize, String> {
    let value = value_of(option, arguments)?;
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{option} needs a number above zero, not {value}")),
    }
}

#[cfg(test)]
mod tests;

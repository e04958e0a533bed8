//! The command line: which task to run, and with what.

use crate::failure::{Failure, Result};

#[cfg(test)]
mod tests;

pub(crate) const USAGE: &str = "\
Usage: cargo xtask <TASK>

Tasks:
  test                 Every test: default features, optional features, models, documentation
  lint                 Formatting, clippy, documentation, tidy and layers
  tidy                 The house rules that no compiler knows: opening sentences, unsafe, unwrap, links
  layers               The direction of the dependencies between the crates
  ci                   What a change must pass: lint, test and a short soak
  bench peers          Measure against the peers and write docs/benchmarks.md
      --quick          Short runs, printed: to see that everything works
      <OPTION>...      Options of the runner (`bench peers --help`), which print unless they say --out
  bench stores         Measure the stores and write docs/benchmarks-stores.md
      <OPTION>...      Options of the program (`bench stores --help`), which prints unless they say --out
  bench serve          Measure the server, beside Alertmanager, and write docs/benchmarks-serve.md
      <OPTION>...      Options of the program (`bench serve --help`), which prints unless they say --out
  soak                 The long variants of the random and fault tests, in release
      --minutes <N>    How long each of them runs [default: 10]
  fuzz                 The fuzz targets, one after the other (needs a nightly toolchain)
      --seconds <N>    How long each of them runs [default: 60]
";

const DEFAULT_SOAK_MINUTES: u64 = 10;
const DEFAULT_FUZZ_SECONDS: u64 = 60;

/// A task and its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Test,
    Lint,
    Tidy,
    Layers,
    Ci,
    BenchPeers { options: Vec<String> },
    BenchStores { options: Vec<String> },
    BenchServe { options: Vec<String> },
    Soak { minutes: u64 },
    Fuzz { seconds: u64 },
}

impl Command {
    /// Reads the arguments behind `cargo xtask`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if let ["bench", what @ ("peers" | "stores" | "serve"), options @ ..] = words.as_slice() {
            let options = options.iter().map(|option| (*option).to_owned()).collect();
            return Ok(match *what {
                "peers" => Self::BenchPeers { options },
                "serve" => Self::BenchServe { options },
                _ => Self::BenchStores { options },
            });
        }
        if words.iter().any(|word| matches!(*word, "--help" | "-h")) {
            return Ok(Self::Help);
        }
        match words.as_slice() {
            [] | ["help"] => Ok(Self::Help),
            ["test"] => Ok(Self::Test),
            ["lint"] => Ok(Self::Lint),
            ["tidy"] => Ok(Self::Tidy),
            ["layers"] => Ok(Self::Layers),
            ["ci"] => Ok(Self::Ci),
            ["soak", rest @ ..] => Ok(Self::Soak {
                minutes: number("--minutes", rest, DEFAULT_SOAK_MINUTES)?,
            }),
            ["fuzz", rest @ ..] => Ok(Self::Fuzz {
                seconds: number("--seconds", rest, DEFAULT_FUZZ_SECONDS)?,
            }),
            _ => Err(Failure::new(format!(
                "there is no task `{}`",
                words.join(" ")
            ))),
        }
    }
}

/// The value of `option` in `arguments`, which may hold nothing else; at least 1.
fn number(option: &str, arguments: &[&str], default: u64) -> Result<u64> {
    match arguments {
        [] => Ok(default),
        [name, value] if *name == option => match value.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(Failure::new(format!(
                "`{option}` takes a whole number from 1 on, not `{value}`"
            ))),
        },
        _ => Err(Failure::new(format!(
            "expected `{option} <N>`, found `{}`",
            arguments.join(" ")
        ))),
    }
}

//! The command line.

use std::path::PathBuf;

#[cfg(test)]
mod tests;

pub(crate) const USAGE: &str = "\
usage: cargo xtask bench serve [options]
  --out FILE     write the page there instead of to standard output
  --quick        one short round, to see that everything works; the figures mean little
  --rounds N     how many rounds of all but the kill, which is done once (3)
  --millis N     how long each run is measured (2,000); a quarter of it before is the warm-up
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Run(Options),
}

/// How the benchmarks are run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) out: Option<PathBuf>,
    pub(crate) quick: bool,
    pub(crate) rounds: u64,
    /// Milliseconds of each run that are measured.
    pub(crate) measure_ms: u64,
}

/// Reads the arguments after the program's name; the error is a sentence for the user.
pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let (mut out, mut quick, mut rounds, mut measure_ms) = (None, false, None, None);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--quick" => quick = true,
            "--out" => out = Some(PathBuf::from(value()?)),
            "--rounds" => rounds = Some(number(&argument, &value()?)?),
            "--millis" => measure_ms = Some(number(&argument, &value()?)?),
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(Command::Run(Options {
        out,
        quick,
        rounds: rounds.unwrap_or(if quick { 1 } else { 3 }),
        measure_ms: measure_ms.unwrap_or(if quick { 300 } else { 2_000 }),
    }))
}

fn number(option: &str, value: &str) -> Result<u64, String> {
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{option} needs a number above zero, not {value}")),
    }
}

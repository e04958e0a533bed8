//! Builds the peers, measures them in turn and writes the page of results.

mod bars;
mod build;
mod cases;
mod medians;
mod options;
mod page;
mod peers;
mod rounds;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bench_harness::Result;

use crate::medians::Medians;
use crate::options::{Command, Options, USAGE};

/// Beside the page only what a reader may want to fetch.
const LARGEST_JSON_BESIDE_PAGE_BYTES: usize = 50_000;

fn main() -> ExitCode {
    let done = match options::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!("{USAGE}");
            Ok(())
        }
        Ok(Command::Run(options)) => run(&options),
        Err(complaint) => {
            eprintln!("{complaint}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let target = build::target_directory();
    let programs = build::build(&options.peers, &target)?;
    let measured = rounds::run(options, &programs, &target)?;
    let medians = Medians::of(&measured.answers);
    let page = page::write(options, &measured, &medians)?;
    keep_raw(&target.join("bench-raw.json"), &measured)?;
    match &options.out {
        Some(out) => keep(out, &page, &medians),
        None => {
            print!("{page}");
            Ok(())
        }
    }
}

fn keep_raw(path: &Path, measured: &rounds::Measured) -> Result<()> {
    std::fs::write(path, serde_json::to_string(&measured.answers)?)?;
    eprintln!("every answer: {}", path.display());
    Ok(())
}

fn keep(out: &Path, page: &str, medians: &Medians) -> Result<()> {
    std::fs::write(out, page)?;
    let json = medians.to_json()?;
    let beside: PathBuf = out.with_extension("json");
    if json.len() < LARGEST_JSON_BESIDE_PAGE_BYTES {
        std::fs::write(&beside, json)?;
    } else {
        eprintln!("{} not written: {} bytes", beside.display(), json.len());
    }
    Ok(())
}

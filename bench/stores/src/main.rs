//! Measures the stores: samples stored durably, rules evaluated.

mod cases;
mod ingest;
mod options;
mod page;
mod rules;
mod stage;

use std::process::ExitCode;

use bench_harness::Result;
use bench_page::{Machine, SyncTimer};

use crate::cases::Case;
use crate::options::{Command, Options, USAGE};
use crate::page::Rounds;
use crate::stage::Stage;

/// The runtime's worker threads, as in the benchmarks against the peers.
const WORKERS: usize = 2;

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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_time()
        .build()?;
    let stage = Stage::set_up()?;
    let machine = Machine::describe(stage.directory())?;
    let mut syncs = SyncTimer::default();
    let mut rounds: Vec<Rounds> = Case::ALL.iter().map(Rounds::of).collect();
    for round in 0..options.rounds {
        syncs.sample(stage.directory())?;
        for rounds in &mut rounds {
            eprintln!(
                "round {} of {}: {}",
                round + 1,
                options.rounds,
                rounds.case.title
            );
            rounds.add(runtime.block_on(rounds.case.measure(&stage, options))?);
        }
    }
    let page = page::write(options, &machine, syncs.spread(), &rounds)?;
    match &options.out {
        Some(out) => Ok(std::fs::write(out, page)?),
        None => {
            print!("{page}");
            Ok(())
        }
    }
}

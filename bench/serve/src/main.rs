//! Measures the server over HTTP, beside Alertmanager where both do the same.

mod alertmanager;
mod ingest;
mod kill;
mod mixed;
mod options;
mod page;
mod process;
mod receiver;
mod rounds;
mod rules;
mod stage;
mod system;
mod tidegate;
mod wire;

use std::process::ExitCode;

use bench_harness::Result;

use crate::options::{Command, Options, USAGE};
use crate::stage::Stage;

/// The worker threads of the load generator's runtime. The server chooses its own number.
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
        .enable_all()
        .build()?;
    let stage = Stage::set_up()?;
    let page = runtime.block_on(async {
        let measured = rounds::measure(options, &stage).await?;
        page::write(options, &measured)
    })?;
    match &options.out {
        Some(out) => Ok(std::fs::write(out, page)?),
        None => {
            print!("{page}");
            Ok(())
        }
    }
}

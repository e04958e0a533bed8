//! The `main` of every peer's binary: one job from the command line, one line of JSON as its answer.

use std::process::ExitCode;

use crate::{Job, Outcome, Peer, Result, workload};

/// The runtime's worker threads: tokio's own default on two cores, and the same for every peer everywhere.
const WORKERS: usize = 2;

/// Runs the job on the command line with this peer and prints its [`Outcome`]. Errors go to standard error.
#[must_use]
pub fn run<P: Peer>() -> ExitCode {
    match job_from_arguments().and_then(answer::<P>) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn job_from_arguments() -> Result<Job> {
    let text = std::env::args()
        .nth(1)
        .ok_or("expected one argument: the job as JSON")?;
    Ok(serde_json::from_str(&text)?)
}

fn answer<P: Peer>(job: Job) -> Result<String> {
    Ok(serde_json::to_string(&measure::<P>(job)?)?)
}

fn measure<P: Peer>(job: Job) -> Result<Outcome> {
    if P::UNSUPPORTED.contains(&job.work) {
        return Ok(Outcome::Unsupported);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_time()
        .build()?;
    runtime
        .block_on(workload::run::<P>(job))
        .map(|report| Outcome::Measured(Box::new(report)))
}

//! What every connection thread does with a job: runs it as the current one, and answers its caller.

use crate::current;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Job, Wakes};
use crate::stats::Recorder;
use crate::sync::Arc;

/// The outcome of a job whose caller did not wait for it.
pub(crate) fn given_up() -> Error {
    Error::new(ErrorKind::Cancelled, "given up by its caller")
}

/// Claims a job and runs its work; SQLite's callbacks look at it meanwhile.
pub(crate) fn run(job: &Arc<dyn Job>, engine: &mut Engine<'_>) -> Result<()> {
    if !job.control().start() {
        return Err(given_up());
    }
    current::enter(Some(job.clone()));
    let outcome = job.run(engine);
    current::enter(None);
    outcome
}

/// As [`run`], for work that nothing is committed after: a success counts only if nobody has given the job up.
pub(crate) fn run_whole(job: &Arc<dyn Job>, engine: &mut Engine<'_>) -> Result<()> {
    run(job, engine).and_then(|()| match job.control().execute() {
        true => Ok(()),
        false => Err(given_up()),
    })
}

/// Answers a job, unless that was done elsewhere, and counts it.
pub(crate) fn answer(job: &dyn Job, outcome: Result<()>, recorder: &Recorder, wakes: &mut Wakes) {
    if !job.control().conclude() {
        return;
    }
    job.control().count(recorder, &outcome);
    match outcome {
        Ok(()) => job.deliver(wakes),
        Err(error) => job.fail(error, wakes),
    }
}

//! The keeper thread: tends the write-ahead log, and runs the calls that concern the database as a whole.

use crate::core::Core;
use crate::current;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Wakes;
use crate::lane::{Assigned, Seat, Taken};
use crate::stats::Recorder;

pub(crate) struct Keeper<'c> {
    core: &'c Core,
    engine: Engine<'c>,
    recorder: Recorder,
    seat: Seat,
    wakes: Wakes,
}

impl<'c> Keeper<'c> {
    pub(crate) fn new(core: &'c Core, engine: Engine<'c>) -> Self {
        Self {
            core,
            engine,
            recorder: core.stats.recorder(),
            seat: Seat::new(),
            wakes: Wakes::default(),
        }
    }

    /// Serves `first`, then the lane, and the log in between, until the lane is closed and empty.
    pub(crate) fn serve(&mut self, first: Option<Assigned>) {
        if let Some(assigned) = first {
            self.run(&assigned);
        }
        loop {
            let until = self.core.wal.next_look();
            match self.core.maintenance.take(&self.seat, until) {
                Taken::Job(assigned) => self.run(&assigned),
                Taken::TimedOut | Taken::Nudged => self.tend_log(),
                Taken::Closed => return,
            }
        }
    }

    fn tend_log(&mut self) {
        if let Some(outcome) = self.core.wal.tend(self.engine.connection()) {
            let busy = outcome.map_or(true, |done| done.busy);
            self.recorder.checkpoint(busy);
        }
    }

    fn run(&mut self, assigned: &Assigned) {
        let outcome = self.run_job(assigned);
        if self.engine.in_transaction() {
            self.engine.rollback();
        }
        self.core.maintenance.finish(&[assigned.ticket]);
        let control = assigned.job.control();
        if !control.conclude() {
            return;
        }
        let timing = control.timing();
        let kind = outcome.as_ref().map(|()| ()).map_err(Error::kind);
        self.recorder
            .call(control.class, timing.waited, timing.ran, kind);
        match outcome {
            Ok(()) => assigned.job.deliver(&mut self.wakes),
            Err(error) => assigned.job.fail(error, &mut self.wakes),
        }
        self.wakes.wake_all();
    }

    fn run_job(&mut self, assigned: &Assigned) -> Result<()> {
        if !assigned.job.control().start() {
            return Err(Error::new(ErrorKind::Cancelled, "given up while queued"));
        }
        current::enter(Some(assigned.job.clone()));
        let outcome = assigned.job.run(&mut self.engine);
        current::enter(None);
        outcome
    }
}

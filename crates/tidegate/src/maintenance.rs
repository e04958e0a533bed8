//! The keeper thread: tends the write-ahead log, and runs the calls that concern the database as a whole.

use crate::core::Core;
use crate::engine::Engine;
use crate::job::Wakes;
use crate::keyring::{Ended, Generation};
use crate::lane::{Assigned, Seat, Taken};
use crate::serving;
use crate::stats::Recorder;

pub(crate) struct Keeper<'c> {
    core: &'c Core,
    engine: Engine<'c>,
    /// Of the key that the connection was opened with.
    generation: Generation,
    recorder: Recorder,
    seat: Seat,
    wakes: Wakes,
}

impl<'c> Keeper<'c> {
    pub(crate) fn new(core: &'c Core, engine: Engine<'c>, generation: Generation) -> Self {
        Self {
            core,
            engine,
            generation,
            recorder: core.stats.recorder(),
            seat: core.maintenance.join(),
            wakes: Wakes::default(),
        }
    }

    /// Serves the lane, and the log in between, until the lane is closed and empty, or the key has changed.
    pub(crate) fn serve(&mut self, first: Option<Assigned>) -> Ended {
        let mut taken = first.map(Taken::Job);
        loop {
            let core = self.core;
            let next = taken
                .take()
                .unwrap_or_else(|| core.maintenance.take(&self.seat, core.wal.next_look()));
            let pass = core.keyring.pass(self.generation);
            match next {
                Taken::Closed => return Ended::Closed,
                Taken::Job(assigned) if pass.is_none() => return Ended::Stale(Some(assigned)),
                _ if pass.is_none() => return Ended::Stale(None),
                Taken::Job(assigned) => self.run(&assigned),
                Taken::TimedOut | Taken::Nudged => self.tend_log(),
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
        let outcome = serving::run(&assigned.job, &mut self.engine);
        self.engine.leave_nothing_open();
        self.core.maintenance.finish(&[assigned.ticket]);
        serving::answer(&*assigned.job, outcome, &self.recorder, &mut self.wakes);
        self.wakes.wake_all();
    }
}

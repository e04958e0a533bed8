//! A reader thread: runs the reads that wait, several of them in one read transaction where that shows nothing stale.

use std::time::{Duration, Instant};

use crate::core::Core;
use crate::current;
use crate::engine::Engine;
use crate::error::Result;
use crate::job::{Job, Mode, Wakes};
use crate::keyring::{Ended, Generation};
use crate::lane::{After, Assigned, Lane, Seat, Taken, Ticket};
use crate::serving;
use crate::stats::Recorder;
use crate::sync::Arc;
use crate::trace;

/// A shared read transaction ends after this, so that it never holds back a checkpoint for long.
const SHARED_MAX: Duration = Duration::from_millis(5);

pub(crate) struct Reader<'c> {
    core: &'c Core,
    lane: &'c Lane,
    engine: Engine<'c>,
    /// Of the key that the connection was opened with.
    generation: Generation,
    recorder: Recorder,
    seat: Seat,
    wakes: Wakes,
    /// Jobs served since the thread last looked for one.
    round: usize,
    /// Since when there is no job.
    free_since: Instant,
}

/// A job whose result is there and whose caller is not told yet.
type Answered = (Arc<dyn Job>, Ticket, Result<()>);

impl<'c> Reader<'c> {
    pub(crate) fn new(core: &'c Core, engine: Engine<'c>, generation: Generation) -> Self {
        Self {
            core,
            lane: &core.readers,
            engine,
            generation,
            recorder: core.stats.recorder(),
            seat: core.readers.join(),
            wakes: Wakes::default(),
            round: 0,
            free_since: Instant::now(),
        }
    }

    /// Serves the lane until it is closed and empty, or the key has changed. The thread counts as active when it begins.
    pub(crate) fn serve(&mut self, first: Option<Assigned>) -> Ended {
        let mut taken = first.map(Taken::Job);
        loop {
            let core = self.core;
            match taken.take().unwrap_or_else(|| self.wait()) {
                Taken::Job(assigned) => {
                    let Some(_pass) = core.keyring.pass(self.generation) else {
                        return Ended::Stale(Some(assigned));
                    };
                    let free = self.free_since.elapsed();
                    let jobs = self.serve_from(assigned);
                    self.free_since = Instant::now();
                    self.lane.linger(After::round(jobs, free));
                }
                Taken::TimedOut | Taken::Nudged => {}
                Taken::Closed => return Ended::Closed,
            }
            self.flush_counts();
        }
    }

    fn wait(&self) -> Taken {
        self.core.pool.rest();
        let taken = self.lane.take(&self.seat, None);
        self.core.pool.wake();
        taken
    }

    /// Serves a job and those that may follow it without a pause, and tells how many they were.
    fn serve_from(&mut self, first: Assigned) -> usize {
        let mut next = Some(first);
        self.round = 0;
        while let Some(assigned) = next.take() {
            next = match assigned.job.control().mode {
                Mode::Solo => self.alone(&assigned),
                _ => self.shared(assigned),
            };
        }
        self.round
    }

    /// Runs one job without a transaction around it: a session or a stream makes its own.
    fn alone(&mut self, assigned: &Assigned) -> Option<Assigned> {
        let outcome = self.run_job(&assigned.job);
        self.engine.rollback();
        self.lane.finish(&[assigned.ticket]);
        serving::answer(&*assigned.job, outcome, &self.recorder, &mut self.wakes);
        self.wakes.wake_all();
        None
    }

    /// Runs one job after the other in one read transaction, which ends after the last caller was told: unlocking
    /// costs a lone statement as much as running it. A job may join only if it was submitted before the
    /// transaction began: then the snapshot holds every commit that the caller knew of.
    fn shared(&mut self, first: Assigned) -> Option<Assigned> {
        let horizon = first.horizon;
        let began = Instant::now();
        let begun = self.engine.begin_read();
        let mut next = Some(first);
        let mut left_over = None;
        while let Some(assigned) = next.take() {
            if assigned.job.control().mode == Mode::Solo {
                left_over = Some(assigned);
                break;
            }
            let outcome = match &begun {
                Ok(()) => self.run_job(&assigned.job),
                Err(error) => Err(error.duplicate()),
            };
            let answered = (assigned.job, assigned.ticket, outcome);
            next = self.hand_over(answered, horizon, began);
        }
        self.engine.rollback();
        left_over
    }

    /// Answers a job and takes the next one that may share the transaction.
    fn hand_over(&mut self, done: Answered, horizon: u64, began: Instant) -> Option<Assigned> {
        let (job, ticket, outcome) = done;
        let horizon = if began.elapsed() < SHARED_MAX && self.engine.in_transaction() {
            horizon
        } else {
            0
        };
        let next = self.lane.exchange(ticket, horizon);
        serving::answer(&*job, outcome, &self.recorder, &mut self.wakes);
        if self.round == 1 {
            self.lane.note_service(began.elapsed());
        }
        self.wakes.wake_all();
        next
    }

    fn run_job(&mut self, job: &Arc<dyn Job>) -> Result<()> {
        self.round += 1;
        let is_short = job.control().mode == Mode::Statement;
        if !is_short {
            self.lane.turn_away();
        }
        current::set_limit(Instant::now().checked_add(self.core.options.snapshot_max_age));
        let outcome = serving::run(job, &mut self.engine);
        if outcome.is_err() && current::is_past_limit() {
            trace::aged_snapshot();
        }
        current::set_limit(None);
        if !is_short {
            self.lane.turn_back();
        }
        outcome
    }

    fn flush_counts(&mut self) {
        self.engine.take_counts().record(&self.recorder);
    }
}

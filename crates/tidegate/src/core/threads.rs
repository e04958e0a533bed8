//! The threads of a database: how each begins, serves its lane, and goes on with another key.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{CLOSED, Core, thread_name};
use crate::authorizer::Ledger;
use crate::changes::Collector;
use crate::connection::{self, Taps};
use crate::current;
use crate::engine::{Engine, Role};
use crate::error::{Error, Result};
use crate::job::{Reply, Wakes};
use crate::keyring::{Ended, Generation};
use crate::lane::{Assigned, Lane, Taken};
use crate::maintenance::Keeper;
use crate::reader::Reader;
use crate::sync::{Arc, Ordering, lock};
use crate::writer::Writer;

/// The keeper's connection, where it could not be opened, is tried again after this.
const KEEPER_RETRY: Duration = Duration::from_secs(1);

impl Core {
    /// Starts the threads; `opened` is answered once the writer's connection stands or has failed.
    pub(crate) fn start(self: &Arc<Self>, opened: Arc<Reply<()>>) -> Result<()> {
        let timer = self.timer.clone();
        let thread = self.spawn("timer", move || timer.run())?;
        *lock(&self.timer_thread) = Some(thread);
        let core = self.clone();
        let thread = self.spawn("writer", move || core.run_writer(&opened))?;
        *lock(&self.writer_thread) = Some(thread);
        Ok(())
    }

    fn spawn(&self, role: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
        std::thread::Builder::new()
            .name(thread_name(&self.label, role))
            .spawn(run)
            .map_err(|error| Error::io(format!("cannot start the thread {role}"), error))
    }

    pub(crate) fn taps(&self) -> Taps {
        Taps {
            ledger: Ledger::default(),
            readers: self.readers.clone(),
            wal_pages: self.wal.pages.clone(),
            busy_retries: self.busy_retries.clone(),
        }
    }

    fn with_engine<T>(
        &self,
        role: Role,
        serve: impl FnOnce(Engine<'_>, Ledger, Generation) -> T,
    ) -> Result<T> {
        let taps = self.taps();
        let (connection, generation) = {
            let (options, generation, _pass) = self.keyring.admit(&self.options);
            (connection::open(&options, role, &taps)?, generation)
        };
        let engine = Engine::new(
            &connection,
            taps.ledger.clone(),
            Collector::new(self.changes.clone()),
            role,
            self.options.statement_cache,
        )?;
        Ok(serve(engine, taps.ledger, generation))
    }

    fn run_writer(self: Arc<Self>, opened: &Reply<()>) {
        current::own_connection(&self.label);
        let mut wakes = Wakes::default();
        let mut is_open = false;
        let served = loop {
            let served = self.with_engine(Role::Writer, |engine, ledger, generation| {
                self.wal.attach(engine.connection())?;
                if !std::mem::replace(&mut is_open, true) {
                    self.start_keeper()?;
                    opened.stage(());
                    opened.deliver(&mut wakes);
                    wakes.wake_all();
                }
                let ended = Writer::new(&self, engine, ledger, generation).serve();
                if let Ended::Closed = ended {
                    self.join_others();
                }
                Ok(ended)
            });
            match served.and_then(|served| served) {
                Ok(Ended::Stale(_)) => {}
                other => break other,
            }
        };
        if let Err(error) = served {
            self.abort_opening();
            opened.fail(error, &mut wakes);
            wakes.wake_all();
        }
    }

    /// Ends the threads of a database that could not be opened.
    fn abort_opening(&self) {
        self.phase.store(CLOSED, Ordering::Release);
        self.close_lanes(&Error::closed());
        self.timer.stop();
    }

    /// Serves `first` and a lane, with a new connection whenever the key has changed.
    fn serve_through_keys(
        &self,
        lane: &Lane,
        role: Role,
        first: Option<Assigned>,
        serve: impl Fn(Engine<'_>, Generation, Option<Assigned>) -> Ended,
    ) -> Result<()> {
        let mut job = first;
        loop {
            let served = self.with_engine(role, |engine, _, key| serve(engine, key, job.take()));
            match served {
                Ok(Ended::Stale(for_the_next)) => job = for_the_next,
                Ok(Ended::Closed) => return Ok(()),
                Err(error) => {
                    job.into_iter()
                        .for_each(|job| self.fail_assigned(lane, &job, &error));
                    return Err(error);
                }
            }
        }
    }

    fn start_keeper(self: &Arc<Self>) -> Result<()> {
        if self.options.is_memory() {
            return Ok(());
        }
        let core = self.clone();
        let thread = self.spawn("keeper", move || core.run_keeper())?;
        lock(&self.threads).push(thread);
        Ok(())
    }

    fn run_keeper(self: Arc<Self>) {
        current::own_connection(&self.label);
        let (lane, seat, mut first) = (&self.maintenance, self.maintenance.join(), None);
        let serve = |engine: Engine<'_>, key: Generation, job: Option<Assigned>| {
            Keeper::new(&self, engine, key).serve(job)
        };
        while let Err(error) = self.serve_through_keys(lane, Role::Writer, first.take(), serve) {
            // Whoever waits is told; the connection is tried again for the next one, or for the log.
            self.fail_queued(lane, &error);
            match lane.take(&seat, Some(Instant::now() + KEEPER_RETRY)) {
                Taken::Job(assigned) => first = Some(assigned),
                Taken::TimedOut | Taken::Nudged => {}
                Taken::Closed => return,
            }
        }
    }

    pub(super) fn spawn_reader(self: &Arc<Self>) {
        let number = self.readers_named.fetch_add(1, Ordering::Relaxed) + 1;
        let core = self.clone();
        let run = move || core.run_reader();
        match self.spawn(&format!("reader.{number}"), run) {
            Ok(thread) => lock(&self.threads).push(thread),
            Err(error) => {
                self.pool.close_active();
                self.fail_if_no_reader(&error);
            }
        }
    }

    fn run_reader(self: Arc<Self>) {
        current::own_connection(&self.label);
        let serve = |engine: Engine<'_>, key: Generation, job: Option<Assigned>| {
            Reader::new(&self, engine, key).serve(job)
        };
        let served = self.serve_through_keys(&self.readers, Role::Reader, None, serve);
        self.pool.close_active();
        if let Err(error) = served {
            self.fail_if_no_reader(&error);
        }
    }

    /// Without any reader, the queued reads would wait for nobody.
    fn fail_if_no_reader(&self, error: &Error) {
        if self.pool.stats().open == 0 {
            self.fail_queued(&self.readers, error);
        }
    }

    /// Fails the jobs that are queued now. Those that come meanwhile are not to blame: they find another connection, or
    /// have it opened.
    fn fail_queued(&self, lane: &Lane, error: &Error) {
        let mut horizon = u64::MAX;
        while let Some(assigned) = lane.try_take(horizon) {
            horizon = horizon.min(assigned.horizon);
            self.fail_assigned(lane, &assigned, error);
        }
    }

    fn fail_assigned(&self, lane: &Lane, assigned: &Assigned, error: &Error) {
        lane.finish(&[assigned.ticket]);
        let control = assigned.job.control();
        if !control.conclude() {
            return;
        }
        control.count_unexecuted(&self.stats.outside(), error.kind());
        let mut wakes = Wakes::default();
        assigned.job.fail(error.duplicate(), &mut wakes);
        wakes.wake_all();
    }
}

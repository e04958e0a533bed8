//! One open database: its lanes, its threads, and how they begin and end.

use std::thread::JoinHandle;
use std::time::Instant;

use crate::authorizer::Ledger;
use crate::changes::{Collector, Hub};
use crate::connection::{self, Taps};
use crate::current;
use crate::engine::{Engine, Role};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Abandon, Job, Reply, Wakes};
use crate::keyring::{Ended, Generation, Keyring};
use crate::lane::{Assigned, Lane, Taken, Ticket};
use crate::maintenance::Keeper;
use crate::options::Options;
use crate::reader::Reader;
use crate::stats::{self, Gauges, LaneStats, PoolGauge, Stats};
use crate::sync::{Arc, AtomicU8, AtomicU64, Mutex, Ordering, Weak, lock};
use crate::timer::Timer;
use crate::trace;
use crate::wal::Wal;
use crate::writer::Writer;

/// Maintenance calls are few; more than this many at once wait in the lobby.
const MAINTENANCE_BOUND: usize = 64;

/// The keeper's connection, where it could not be opened, is tried again after this.
const KEEPER_RETRY: std::time::Duration = std::time::Duration::from_secs(1);

const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const CLOSED: u8 = 2;

/// Which connection a job needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Writer,
    Reader,
    Maintenance,
}

pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) label: String,
    pub(crate) writer: Arc<Lane>,
    /// The writer's lane for a database in memory, whose only connection serves all.
    pub(crate) readers: Arc<Lane>,
    pub(crate) maintenance: Arc<Lane>,
    pub(crate) timer: Arc<Timer>,
    pub(crate) stats: Arc<stats::Hub>,
    pub(crate) changes: Arc<Hub>,
    pub(crate) wal: Wal,
    pub(crate) keyring: Keyring,
    pub(crate) pool: PoolGauge,
    readers_named: AtomicU64,
    busy_retries: Arc<AtomicU64>,
    phase: AtomicU8,
    sessions: Mutex<Vec<Weak<Lane>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    writer_thread: Mutex<Option<JoinHandle<()>>>,
    timer_thread: Mutex<Option<JoinHandle<()>>>,
    ending: Mutex<Ending>,
}

/// How far closing has come, and whom to tell.
#[derive(Default)]
struct Ending {
    joining: bool,
    joined: bool,
    closed: Vec<Box<dyn FnOnce() + Send>>,
}

impl Core {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        let writer = Arc::new(Lane::new(options.writer_queue));
        let (readers, maintenance) = if options.is_memory() {
            (writer.clone(), writer.clone())
        } else {
            let readers = Lane::new(options.reader_queue);
            (Arc::new(readers), Arc::new(Lane::new(MAINTENANCE_BOUND)))
        };
        let timer = Timer::new();
        for lane in [&writer, &readers, &maintenance] {
            timer.watch(lane);
        }
        let readers_max = u32::try_from(options.readers).unwrap_or(u32::MAX);
        Arc::new(Self {
            label: options.label(),
            wal: Wal::new(&options, maintenance.clone()),
            keyring: Keyring::new(&options),
            writer,
            readers,
            maintenance,
            timer: Arc::new(timer),
            stats: stats::Hub::for_database(&options.label()),
            changes: Arc::new(Hub::default()),
            pool: PoolGauge::new(if options.is_memory() { 0 } else { readers_max }),
            readers_named: AtomicU64::new(0),
            busy_retries: Arc::new(AtomicU64::new(0)),
            phase: AtomicU8::new(OPEN),
            sessions: Mutex::default(),
            threads: Mutex::default(),
            writer_thread: Mutex::default(),
            timer_thread: Mutex::default(),
            ending: Mutex::default(),
            options,
        })
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.phase.load(Ordering::Acquire) != OPEN
    }

    pub(crate) fn lane(&self, target: Target) -> &Arc<Lane> {
        match target {
            Target::Writer => &self.writer,
            Target::Reader => &self.readers,
            Target::Maintenance => &self.maintenance,
        }
    }

    /// Enters a job, and opens one more reader if all of them are busy.
    pub(crate) fn submit(self: &Arc<Self>, target: Target, job: Arc<dyn Job>) -> Result<Ticket> {
        let (class, deadline) = (job.control().class, job.control().deadline());
        let pushed = self.lane(target).push(job)?;
        if pushed.found_full {
            trace::queue_full(&self.label, class);
        }
        if let Some(deadline) = deadline {
            self.timer.arm(deadline);
        }
        if pushed.left_asleep {
            self.timer.arm_attention();
        }
        if target == Target::Reader && pushed.all_busy && self.pool.try_open() {
            self.spawn_reader();
        }
        Ok(pushed.ticket)
    }

    // Threads.

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

    fn spawn_reader(self: &Arc<Self>) {
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

    fn fail_queued(&self, lane: &Lane, error: &Error) {
        while let Some(assigned) = lane.try_take(u64::MAX) {
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

    // Sessions.

    /// Lets the timer and a closing database reach the jobs of an interactive session.
    pub(crate) fn register_session(&self, lane: &Arc<Lane>) {
        self.timer.watch(lane);
        let mut sessions = lock(&self.sessions);
        sessions.retain(|lane| lane.strong_count() > 0);
        sessions.push(Arc::downgrade(lane));
        drop(sessions);
        // Opened by a call that was queued when the closing began, and so missed when open sessions were ended.
        if self.is_closing() {
            lane.close(Error::closed());
        }
    }

    // Figures.

    /// Busy retries of all connections since the last call.
    pub(crate) fn take_busy_retries(&self) -> u64 {
        self.busy_retries.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn stats(&self) -> Stats {
        let lane = |lane: &Lane| {
            let gauges = lane.gauges();
            let in_flight = gauges.waiting + gauges.queued + gauges.running;
            LaneStats::new(in_flight, gauges.queued, gauges.waiting)
        };
        self.stats.stats(Gauges {
            readers: self.pool.stats(),
            read_lane: lane(&self.readers),
            write_lane: lane(&self.writer),
            wal_size_bytes: self.wal.size_bytes(),
        })
    }

    // The end.

    fn close_lanes(&self, reason: &Error) {
        for lane in [&self.maintenance, &self.readers, &self.writer] {
            lane.close(reason.duplicate());
        }
    }

    /// Refuses further calls; what is queued is still served. `false` when this was done before.
    pub(crate) fn begin_closing(&self) -> bool {
        let first = self
            .phase
            .compare_exchange(OPEN, CLOSING, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if first {
            self.close_lanes(&Error::closed());
            self.end_sessions();
        }
        first
    }

    /// Open transactions are rolled back and snapshots ended: their owners may never come back.
    fn end_sessions(&self) {
        for lane in lock(&self.sessions).iter().filter_map(Weak::upgrade) {
            lane.close(Error::closed());
        }
    }

    /// Stops whatever still runs or waits.
    pub(crate) fn interrupt_all(&self) {
        let mut wakes = Wakes::default();
        for lane in [&self.maintenance, &self.readers, &self.writer] {
            lane.sweep(&Abandon::Closing, |_| true, &mut wakes);
        }
        for lane in lock(&self.sessions).iter().filter_map(Weak::upgrade) {
            lane.sweep(&Abandon::Closing, |_| true, &mut wakes);
        }
        wakes.wake_all();
    }

    /// Joins the threads on a thread of its own and calls `closed` when none is left.
    pub(crate) fn close_in_background(
        self: &Arc<Self>,
        deadline: Option<Instant>,
        closed: impl FnOnce() + Send + 'static,
    ) {
        let mut ending = lock(&self.ending);
        if ending.joined {
            drop(ending);
            return closed();
        }
        ending.closed.push(Box::new(closed));
        if std::mem::replace(&mut ending.joining, true) {
            return;
        }
        drop(ending);
        let deadline = deadline.unwrap_or_else(|| Instant::now() + self.options.close_timeout);
        let core = self.clone();
        let joiner = std::thread::Builder::new().name(thread_name(&self.label, "close"));
        if joiner.spawn(move || core.join_and_tell(deadline)).is_err() {
            // The machine has no thread to spare: the database's own threads end all the same, unobserved.
            self.tell_closed();
        }
    }

    fn join_and_tell(&self, deadline: Instant) {
        self.join(deadline);
        self.tell_closed();
    }

    fn tell_closed(&self) {
        let closed = {
            let mut ending = lock(&self.ending);
            ending.joined = true;
            std::mem::take(&mut ending.closed)
        };
        closed.into_iter().for_each(|closed| closed());
    }

    /// Waits until no connection but the writer's is open. SQLite removes the log with the last connection to close, if
    /// that one may write: a reader must not outlive the writer.
    fn join_others(&self) {
        loop {
            let others = std::mem::take(&mut *lock(&self.threads));
            if others.is_empty() && self.pool.stats().open == 0 {
                return;
            }
            others.into_iter().for_each(join);
            // A reader may count as open before its thread is known here.
            std::thread::yield_now();
        }
    }

    /// Waits for all threads. Work that is left at `deadline` is interrupted.
    fn join(&self, deadline: Instant) {
        while !self.is_drained() && Instant::now() < deadline {
            std::thread::sleep(DRAIN_POLL);
        }
        self.interrupt_all();
        // The writer ends when the others have; they are looked for once more in case it never began to serve.
        lock(&self.writer_thread).take().into_iter().for_each(join);
        self.join_others();
        self.timer.stop();
        lock(&self.timer_thread).take().into_iter().for_each(join);
        self.changes.close();
        self.phase.store(CLOSED, Ordering::Release);
        trace::closed(&self.label);
    }

    fn is_drained(&self) -> bool {
        [&self.maintenance, &self.readers, &self.writer]
            .into_iter()
            .all(|lane| {
                let gauges = lane.gauges();
                gauges.waiting + gauges.queued + gauges.running == 0
            })
    }
}

/// The closing thread looks this often whether the work has ended.
const DRAIN_POLL: std::time::Duration = std::time::Duration::from_millis(1);

/// A thread that panicked has been answered for already; there is nobody else to tell.
fn join(thread: JoinHandle<()>) {
    let _ = thread.join();
}

/// Linux keeps 15 bytes of a thread's name: the role must be among them.
fn thread_name(label: &str, role: &str) -> String {
    let room = 14usize.saturating_sub(role.len());
    let mut cut = label.len().min(room);
    while !label.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}.{role}", &label[..cut])
}

/// Refuses calls that would wait for a connection thread on a connection thread.
pub(crate) fn refuse_reentry() -> Result<()> {
    match current::is_connection_thread() {
        true => Err(Error::new(
            ErrorKind::Misuse,
            "called and waited for inside a closure of the database: use the transaction that the closure is given",
        )),
        false => Ok(()),
    }
}

//! One open database: what its handles and its threads share.

mod closing;
mod threads;

use std::thread::JoinHandle;

use crate::changes::Hub;
use crate::current;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::keyring::Keyring;
use crate::lane::{Lane, Pushed};
use crate::options::Options;
use crate::stats::{self, Gauges, LaneStats, PoolGauge, Stats};
use crate::sync::{Arc, AtomicU8, AtomicU64, Mutex, Ordering, Weak, lock};
use crate::timer::Timer;
use crate::trace;
use crate::wal::Wal;
use closing::Ending;

/// Maintenance calls are few; more than this many at once wait in the lobby.
const MAINTENANCE_BOUND: usize = 64;

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
    pub(crate) fn submit(self: &Arc<Self>, target: Target, job: Arc<dyn Job>) -> Result<Pushed> {
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
        Ok(pushed)
    }

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

    /// Busy retries of all connections since the last call.
    pub(crate) fn take_busy_retries(&self) -> u64 {
        self.busy_retries.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn stats(&self) -> Stats {
        let lane = |lane: &Lane| {
            let gauges = lane.gauges();
            LaneStats::new(gauges.running, gauges.queued, gauges.waiting)
        };
        self.stats.stats(Gauges {
            readers: self.pool.stats(),
            read_lane: lane(&self.readers),
            write_lane: lane(&self.writer),
            wal_size_bytes: self.wal.size_bytes(),
        })
    }
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

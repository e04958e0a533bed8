//! The end of a database: draining, interrupting, and joining its threads.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{CLOSED, CLOSING, Core, OPEN, thread_name};
use crate::error::Error;
use crate::job::{Abandon, Wakes};
use crate::sync::{Arc, Ordering, Weak, lock};
use crate::trace;

/// The closing thread looks this often whether the work has ended.
const DRAIN_POLL: Duration = Duration::from_millis(1);

/// A thread that panicked has been answered for already; there is nobody else to tell.
fn join(thread: JoinHandle<()>) {
    let _ = thread.join();
}

/// How far closing has come, and whom to tell.
#[derive(Default)]
pub(super) struct Ending {
    joining: bool,
    joined: bool,
    closed: Vec<Box<dyn FnOnce() + Send>>,
}

impl Core {
    pub(super) fn close_lanes(&self, reason: &Error) {
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
    pub(super) fn join_others(&self) {
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

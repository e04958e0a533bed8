//! A bounded first-in-first-out queue of jobs in front of connection threads.
//!
//! Every job stays entered from its submission until its connection thread has finished it, so that the
//! timer can reach it wherever it is. Jobs past the bound wait in a lobby, in order of arrival.

mod linger;

use std::time::Instant;

use crate::error::{Error, Result};
use crate::job::{Abandon, Job, Mode, Phase, Wakes, give_up};
use crate::slots::{List, Slots};
use crate::sync::{Arc, AtomicU8, AtomicU64, Condvar, Mutex, MutexGuard, Ordering, lock};

pub(crate) use linger::After;

/// A reader that is awake is given this many short jobs before a second one is woken to help.
const BACKLOG: usize = 32;

/// Where an entered job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Lobby,
    Queue,
    Running,
}

struct Entry {
    job: Arc<dyn Job>,
    sequence: u64,
    place: Place,
}

/// Names one entry of a lane; harmless once the entry is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    slot: usize,
    sequence: u64,
}

/// A job handed to a connection thread, which must [`Lane::finish`] it.
pub(crate) struct Assigned {
    pub(crate) job: Arc<dyn Job>,
    pub(crate) ticket: Ticket,
    /// Every job submitted before this one was assigned has a sequence number up to this.
    pub(crate) horizon: u64,
}

/// What a waiting connection thread gets.
pub(crate) enum Taken {
    Job(Assigned),
    /// The given instant has come.
    TimedOut,
    /// Somebody called [`Lane::nudge`].
    Nudged,
    /// Closed, and nothing is queued any more.
    Closed,
}

/// A connection thread's place at a lane. Idle threads form a stack: the one that came last is woken first, its caches
/// being warm.
pub(crate) struct Seat {
    lane: Arc<Lane>,
    bell: Arc<Condvar>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.lane.state).attending -= 1;
    }
}

/// How full a lane is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gauges {
    pub(crate) waiting: usize,
    pub(crate) queued: usize,
    pub(crate) running: usize,
    pub(crate) idle_seats: usize,
}

struct State {
    entries: Slots<Entry>,
    queue: List,
    lobby: List,
    idle: Vec<Arc<Condvar>>,
    /// Connection threads that are awake and run nothing that may take long.
    attending: usize,
    pushed: u64,
    /// The last job that was entered while there was another one.
    crowded_at: u64,
    closed: Option<Error>,
    nudged: bool,
    spoiled: bool,
}

/// What [`Lane::push`] found.
pub(crate) struct Pushed {
    pub(crate) ticket: Ticket,
    /// No connection thread was idle to take the job at once.
    pub(crate) all_busy: bool,
    /// An idle thread was left asleep, because another is about to take the job. Somebody must [`Lane::attend`] soon.
    pub(crate) left_asleep: bool,
    /// The job waits for a place in the queue.
    pub(crate) found_full: bool,
    /// A thread that is awake has no other job, and has lately answered such jobs at once.
    pub(crate) at_once: bool,
}

pub(crate) struct Lane {
    state: Mutex<State>,
    /// How many jobs were ever entered: a hint that a connection thread reads without the lock.
    pushes: AtomicU64,
    /// How long the last job took that had a thread for itself.
    service_nanos: AtomicU64,
    bound: usize,
    /// An abandoned job spoils the whole lane (an interactive transaction's).
    fragile: bool,
    /// Whether an idle thread was left asleep although a job waits; read without the lock.
    left_asleep: AtomicU8,
}

impl Lane {
    pub(crate) fn new(bound: usize) -> Self {
        Self::build(bound, false)
    }

    /// A lane on which an abandoned job is remembered and wakes the connection thread.
    pub(crate) fn fragile(bound: usize) -> Self {
        Self::build(bound, true)
    }

    fn build(bound: usize, fragile: bool) -> Self {
        Self {
            state: Mutex::new(State {
                entries: Slots::new(),
                queue: List::new(),
                lobby: List::new(),
                idle: Vec::new(),
                attending: 0,
                pushed: 0,
                crowded_at: 0,
                closed: None,
                nudged: false,
                spoiled: false,
            }),
            pushes: AtomicU64::new(0),
            service_nanos: AtomicU64::new(u64::MAX),
            bound,
            fragile,
            left_asleep: AtomicU8::new(0),
        }
    }

    /// The place of a connection thread that begins to serve this lane.
    pub(crate) fn join(self: &Arc<Self>) -> Seat {
        lock(&self.state).attending += 1;
        Seat {
            lane: self.clone(),
            bell: Arc::new(Condvar::new()),
        }
    }

    /// A thread turns to work that may take long: others must not wait for it.
    pub(crate) fn turn_away(&self) {
        let mut state = lock(&self.state);
        state.attending -= 1;
        self.wake_for_waiting(state);
    }

    /// The thread is back.
    pub(crate) fn turn_back(&self) {
        lock(&self.state).attending += 1;
    }

    /// Wakes a thread that was left asleep if a job still waits; `true` if it should be looked at again.
    pub(crate) fn attend(&self) -> bool {
        if self.left_asleep.load(Ordering::SeqCst) == 0 {
            return false;
        }
        self.wake_for_waiting(lock(&self.state))
    }

    fn wake_for_waiting(&self, mut state: MutexGuard<'_, State>) -> bool {
        let bell = match state.queue.len() {
            0 => None,
            _ => state.idle.pop(),
        };
        let again = state.queue.len() > 1 && !state.idle.is_empty();
        self.left_asleep.store(u8::from(again), Ordering::SeqCst);
        drop(state);
        if let Some(bell) = bell {
            bell.notify_one();
        }
        again
    }

    /// Enters a job: in the queue if there is room, else in the lobby.
    pub(crate) fn push(&self, job: Arc<dyn Job>) -> Result<Pushed> {
        let mut state = lock(&self.state);
        if let Some(reason) = &state.closed {
            return Err(reason.duplicate());
        }
        state.pushed += 1;
        let sequence = state.pushed;
        let place = if state.queue.len() < self.bound {
            Place::Queue
        } else {
            Place::Lobby
        };
        let is_short = job.control().mode == Mode::Statement;
        let slot = state.entries.insert(Entry {
            job,
            sequence,
            place,
        });
        let State {
            entries,
            queue,
            lobby,
            ..
        } = &mut *state;
        match place {
            Place::Queue => queue.push_back(entries, slot),
            _ => lobby.push_back(entries, slot),
        }
        self.pushes.store(sequence, Ordering::Relaxed);
        let at_once = state.comes_alone() && state.attending > 0 && self.is_quick();
        let all_busy = state.idle.is_empty();
        let left_asleep = !all_busy && is_short && state.is_attended();
        if left_asleep {
            // Before the caller looks whether the timer is armed, as the timer disarms itself before it looks here:
            // one of the two sees the other.
            self.left_asleep.store(1, Ordering::SeqCst);
            drop(state);
        } else {
            let bell = state.idle.pop();
            drop(state);
            bell.inspect(|bell| bell.notify_one());
        }
        Ok(Pushed {
            ticket: Ticket { slot, sequence },
            all_busy,
            left_asleep,
            found_full: place == Place::Lobby,
            at_once,
        })
    }

    /// Waits for a job. The lobby's first moves up as the queue's first leaves it.
    pub(crate) fn take(&self, seat: &Seat, until: Option<Instant>) -> Taken {
        let mut state = lock(&self.state);
        loop {
            if let Some(assigned) = state.assign(u64::MAX) {
                return Taken::Job(assigned);
            }
            if state.closed.is_some() {
                return Taken::Closed;
            }
            if std::mem::take(&mut state.nudged) {
                return Taken::Nudged;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Taken::TimedOut;
            }
            state.idle.push(seat.bell.clone());
            state.attending -= 1;
            state = match left {
                None => seat
                    .bell
                    .wait(state)
                    .unwrap_or_else(std::sync::PoisonError::into_inner),
                Some(left) => {
                    seat.bell
                        .wait_timeout(state, left)
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .0
                }
            };
            state.attending += 1;
            state.idle.retain(|idle| !Arc::ptr_eq(idle, &seat.bell));
        }
    }

    /// The next job, if one waits that was submitted up to `horizon`.
    pub(crate) fn try_take(&self, horizon: u64) -> Option<Assigned> {
        lock(&self.state).assign(horizon)
    }

    /// Finishes a job and takes the next one in one step.
    pub(crate) fn exchange(&self, finished: Ticket, horizon: u64) -> Option<Assigned> {
        let mut state = lock(&self.state);
        let entry = state.remove(finished);
        let next = state.assign(horizon);
        drop(state);
        drop(entry);
        next
    }

    pub(crate) fn finish(&self, finished: &[Ticket]) {
        let mut state = lock(&self.state);
        for ticket in finished {
            state.remove(*ticket);
        }
    }

    /// Takes a job back that no connection thread has begun.
    pub(crate) fn withdraw(&self, ticket: Ticket) {
        let mut state = lock(&self.state);
        let entry = state.unlink_waiting(ticket);
        self.spoil(state);
        drop(entry);
    }

    /// As [`withdraw`](Self::withdraw), for a job that is known by itself only.
    pub(crate) fn expel(&self, job: &dyn Job) {
        let mut state = lock(&self.state);
        let found = state
            .entries
            .iter()
            .find(|(_, entry)| std::ptr::addr_eq(&raw const *entry.job, &raw const *job))
            .map(|(slot, entry)| Ticket {
                slot,
                sequence: entry.sequence,
            });
        let entry = found.and_then(|ticket| state.unlink_waiting(ticket));
        self.spoil(state);
        drop(entry);
    }

    /// Remembers on a fragile lane that a job has ended and its caller does not know how.
    pub(crate) fn distrust(&self) {
        self.spoil(lock(&self.state));
    }

    fn spoil(&self, mut state: MutexGuard<'_, State>) {
        if !self.fragile {
            return;
        }
        state.spoiled = true;
        state.nudged = true;
        let bell = state.idle.pop();
        drop(state);
        if let Some(bell) = bell {
            bell.notify_one();
        }
    }

    /// Whether a job of this fragile lane was abandoned.
    pub(crate) fn is_spoiled(&self) -> bool {
        lock(&self.state).spoiled
    }

    /// Wakes one idle connection thread without a job.
    pub(crate) fn nudge(&self) {
        let mut state = lock(&self.state);
        state.nudged = true;
        let bell = state.idle.pop();
        drop(state);
        if let Some(bell) = bell {
            bell.notify_one();
        }
    }

    /// Refuses every further job with `reason`; those already entered are still served.
    pub(crate) fn close(&self, reason: Error) {
        let mut state = lock(&self.state);
        state.closed.get_or_insert(reason);
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        for bell in idle {
            bell.notify_all();
        }
    }

    /// Gives up the jobs that `doomed` names, and tells the earliest deadline among the rest.
    pub(crate) fn sweep(
        &self,
        why: &Abandon,
        doomed: impl Fn(&dyn Job) -> bool,
        wakes: &mut Wakes,
    ) -> Option<Instant> {
        let state = lock(&self.state);
        let mut earliest: Option<Instant> = None;
        let mut given_up = Vec::new();
        for (slot, entry) in state.entries.iter() {
            if doomed(&*entry.job) {
                given_up.push((
                    entry.job.clone(),
                    Ticket {
                        slot,
                        sequence: entry.sequence,
                    },
                ));
            } else if let Some(deadline) = open_deadline(&*entry.job) {
                earliest = Some(earliest.map_or(deadline, |first| first.min(deadline)));
            }
        }
        drop(state);
        for (job, ticket) in given_up {
            if give_up(&*job, why, wakes) {
                self.withdraw(ticket);
            }
        }
        earliest
    }

    pub(crate) fn gauges(&self) -> Gauges {
        let state = lock(&self.state);
        let (waiting, queued) = (state.lobby.len(), state.queue.len());
        Gauges {
            waiting,
            queued,
            running: state.entries.len() - waiting - queued,
            idle_seats: state.idle.len(),
        }
    }
}

fn open_deadline(job: &dyn Job) -> Option<Instant> {
    match job.control().phase() {
        Phase::Abandoned => None,
        _ => job.control().deadline(),
    }
}

impl State {
    /// Whether threads that are awake are about to take what waits.
    fn is_attended(&self) -> bool {
        self.queue.len() <= self.attending * BACKLOG
    }

    fn assign(&mut self, horizon: u64) -> Option<Assigned> {
        let first = self.queue.front()?;
        if self.entries.get(first)?.sequence > horizon {
            return None;
        }
        self.queue.remove(&mut self.entries, first);
        if let Some(next) = self.lobby.front() {
            self.lobby.remove(&mut self.entries, next);
            self.queue.push_back(&mut self.entries, next);
            if let Some(entry) = self.entries.get_mut(next) {
                entry.place = Place::Queue;
            }
        }
        let horizon = self.pushed;
        let entry = self.entries.get_mut(first)?;
        entry.place = Place::Running;
        Some(Assigned {
            job: entry.job.clone(),
            ticket: Ticket {
                slot: first,
                sequence: entry.sequence,
            },
            horizon,
        })
    }

    fn is_current(&self, ticket: Ticket) -> bool {
        self.entries
            .get(ticket.slot)
            .is_some_and(|entry| entry.sequence == ticket.sequence)
    }

    fn remove(&mut self, ticket: Ticket) -> Option<Entry> {
        if !self.is_current(ticket) {
            return None;
        }
        self.entries.remove(ticket.slot)
    }

    fn unlink_waiting(&mut self, ticket: Ticket) -> Option<Entry> {
        if !self.is_current(ticket) {
            return None;
        }
        match self.entries.get(ticket.slot)?.place {
            Place::Running => return None,
            Place::Queue => {
                self.queue.remove(&mut self.entries, ticket.slot);
                if let Some(next) = self.lobby.front() {
                    self.lobby.remove(&mut self.entries, next);
                    self.queue.push_back(&mut self.entries, next);
                    self.entries.get_mut(next)?.place = Place::Queue;
                }
            }
            Place::Lobby => self.lobby.remove(&mut self.entries, ticket.slot),
        }
        self.entries.remove(ticket.slot)
    }
}

#[cfg(all(test, feature = "shuttle"))]
mod model;
#[cfg(not(feature = "shuttle"))]
#[cfg(test)]
mod tests;

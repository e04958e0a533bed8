//! The writer thread: drains its lane into groups, commits each group once, and only then answers.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::authorizer::Ledger;
use crate::core::Core;
use crate::current;
use crate::engine::{Engine, Mark};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Job, Mode, Wakes};
use crate::keyring::{Ended, Generation};
use crate::lane::{After, Assigned, Lane, Seat, Taken, Ticket};
use crate::serving;
use crate::stats::{CallClass, Recorder};
use crate::sync::Arc;
use crate::trace;
use crate::wal::Pressure;

/// A job whose work is in the open transaction and waits for the commit.
struct Member {
    job: Arc<dyn Job>,
    ticket: Ticket,
    entries: Range<usize>,
}

/// How a member's own run ended.
enum Ran {
    /// Its work is in the transaction.
    Kept(Range<usize>),
    /// Nothing of it is left, and the transaction is as it was before.
    Undone,
    /// Its work could only be undone by rolling everything back.
    LostAll,
}

/// Where a commit costs less than this, as it does without syncing, waiting for callers costs more than it saves.
const CHEAP_COMMIT: Duration = Duration::from_micros(50);
/// So many members make a group where commits are cheap: their callers come back while the next group runs.
const CHEAP_GROUP: usize = 32;
/// How long the writer waits for callers that are about to come back, relative to the last commit's time.
const LINGER_MAX: Duration = Duration::from_micros(300);
/// While writers are held back, the log is tried this often: a reader's end is nothing that SQLite would tell.
const LOG_SPACE_POLL: Duration = Duration::from_millis(1);
const LOG_STAYS_FULL: &str =
    "the write-ahead log has reached wal_hard_limit_bytes and cannot be checkpointed";
/// How often the writer looks for commits of other processes while a query is watched.
const FOREIGN_CHECK_EVERY: Duration = Duration::from_millis(100);

/// The error that a commit would give, told to the one job that is the cause.
pub(crate) fn deferred_violation() -> Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY);
    let message = "FOREIGN KEY constraint failed".to_owned();
    Error::from_sqlite(rusqlite::Error::SqliteFailure(code, Some(message)), None)
}

pub(crate) struct Writer<'c> {
    core: &'c Core,
    lane: &'c Lane,
    engine: Engine<'c>,
    ledger: Ledger,
    /// Of the key that the connection was opened with.
    generation: Generation,
    recorder: Recorder,
    seat: Seat,
    members: Vec<Member>,
    wakes: Wakes,
    finished: Vec<Ticket>,
    last_group: usize,
    commit_time: Duration,
    /// Since when there is no job.
    free_since: Instant,
    foreign_checked: Instant,
}

impl<'c> Writer<'c> {
    pub(crate) fn new(
        core: &'c Core,
        engine: Engine<'c>,
        ledger: Ledger,
        generation: Generation,
    ) -> Self {
        Self {
            core,
            lane: &core.writer,
            engine,
            ledger,
            generation,
            recorder: core.stats.recorder(),
            seat: core.writer.join(),
            members: Vec::new(),
            wakes: Wakes::default(),
            finished: Vec::new(),
            last_group: 1,
            commit_time: Duration::ZERO,
            free_since: Instant::now(),
            foreign_checked: Instant::now(),
        }
    }

    /// Serves the lane until it is closed and empty, or the key has changed.
    pub(crate) fn serve(&mut self) -> Ended {
        loop {
            match self.lane.take(&self.seat, self.foreign_check_due()) {
                Taken::Job(assigned) => {
                    let free = self.free_since.elapsed();
                    self.serve_from(assigned);
                    self.free_since = Instant::now();
                    // A group waits for many callers before its commit, not after.
                    self.lane.linger(After::round(1, free));
                }
                Taken::TimedOut | Taken::Nudged => {}
                Taken::Closed => return Ended::Closed,
            }
            self.flush_counts();
            if self.core.keyring.is_stale(self.generation) {
                return Ended::Stale(None);
            }
            if self.foreign_check_is_due() {
                self.look_for_foreign_changes();
            }
        }
    }

    fn serve_from(&mut self, first: Assigned) {
        let mut next = Some(first);
        while let Some(assigned) = next.take() {
            if let Err(error) = self.wait_for_log_space() {
                self.refuse(&assigned, error);
                continue;
            }
            next = match assigned.job.control().mode {
                Mode::Solo => self.alone(&assigned),
                Mode::Read => self.read(&assigned),
                Mode::Statement | Mode::Closure => self.group(assigned),
            };
        }
    }

    /// Holds writers back while the write-ahead log is at its hard limit and readers keep it from being emptied. An
    /// error tells why it cannot be.
    fn wait_for_log_space(&self) -> Result<()> {
        self.core.wal.finish_checkpoint(self.engine.connection());
        while self.core.wal.pressure() == Pressure::Hard && !self.core.is_closing() {
            match self.core.wal.relieve(self.engine.connection()) {
                Ok(true) => {}
                Ok(false) => std::thread::sleep(LOG_SPACE_POLL),
                Err(error) => return Err(error.context(LOG_STAYS_FULL)),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, assigned: &Assigned, error: Error) {
        assigned.job.control().start();
        self.lane.finish(&[assigned.ticket]);
        self.answer(&*assigned.job, Err(error));
        self.wakes.wake_all();
    }

    // A job by itself.

    /// Runs a job that manages its own transaction.
    fn alone(&mut self, assigned: &Assigned) -> Option<Assigned> {
        self.begin_changes();
        let class = assigned.job.control().class;
        let knows = matches!(class, CallClass::Transaction | CallClass::Maintenance);
        let outcome = serving::run_whole(&assigned.job, &mut self.engine);
        let outcome = outcome.map_err(|error| match knows {
            // It has commits of its own, and says what became of them.
            true => error,
            // Its statements commit by themselves.
            false => error.of_commit(),
        });
        self.engine.leave_nothing_open();
        self.engine.collector().publish();
        self.core.wal.note_commit();
        self.answer_one(assigned, outcome);
        None
    }

    /// Runs a read on the only connection of a database in memory.
    fn read(&mut self, assigned: &Assigned) -> Option<Assigned> {
        self.engine.set_read_only(true);
        let outcome = self
            .engine
            .begin_read()
            .and_then(|()| serving::run_whole(&assigned.job, &mut self.engine));
        self.engine.rollback();
        self.engine.set_read_only(false);
        self.answer_one(assigned, outcome);
        None
    }

    fn answer_one(&mut self, assigned: &Assigned, outcome: Result<()>) {
        self.lane.finish(&[assigned.ticket]);
        self.answer(&*assigned.job, outcome);
        self.wakes.wake_all();
    }

    fn answer(&mut self, job: &dyn Job, outcome: Result<()>) {
        serving::answer(job, outcome, &self.recorder, &mut self.wakes);
    }

    // A group.

    /// Runs jobs into one transaction until none is left, or the group is full, and commits.
    fn group(&mut self, first: Assigned) -> Option<Assigned> {
        let began = Instant::now();
        self.engine.begin_group();
        let mut next = self.open_transaction(&first).then_some(first);
        let mut left_over = None;
        while let Some(assigned) = next.take() {
            self.admit(assigned);
            if self.is_full(began) {
                break;
            }
            next = self.next_member();
            if let Some(other) = next.take_if(|assigned| !self.may_join(assigned)) {
                left_over = Some(other);
            }
        }
        self.commit(began);
        self.engine.end_group();
        left_over
    }

    fn may_join(&mut self, assigned: &Assigned) -> bool {
        let is_grouped = matches!(assigned.job.control().mode, Mode::Statement | Mode::Closure);
        is_grouped && !self.engine.collector().is_unheard()
    }

    fn is_full(&self, began: Instant) -> bool {
        let most = match self.commit_time < CHEAP_COMMIT {
            true => CHEAP_GROUP.min(self.core.options.group_max_jobs),
            false => self.core.options.group_max_jobs,
        };
        self.members.len() >= most
            || self.engine.group_is_sealed()
            || began.elapsed() >= self.core.options.group_max_time
    }

    /// The next job for the group. Where the last group shows that more callers are about to come back, the writer
    /// lets them run for a fraction of what a commit costs.
    fn next_member(&mut self) -> Option<Assigned> {
        if let Some(assigned) = self.lane.try_take(u64::MAX) {
            return Some(assigned);
        }
        let expected = self.last_group * 3 / 4;
        if self.members.len() >= expected || self.commit_time < CHEAP_COMMIT {
            return None;
        }
        let until = Instant::now() + (self.commit_time / 2).min(LINGER_MAX);
        while Instant::now() < until {
            std::thread::yield_now();
            if let Some(assigned) = self.lane.try_take(u64::MAX) {
                return Some(assigned);
            }
        }
        None
    }

    fn begin_changes(&mut self) {
        self.engine.begin_changes(&self.ledger);
    }

    /// Opens the group's transaction on behalf of its first job, which answers for a lock that is not to be had.
    fn open_transaction(&mut self, first: &Assigned) -> bool {
        self.begin_changes();
        current::enter(Some(first.job.clone()));
        let begun = self.engine.begin_write();
        current::enter(None);
        let Err(error) = begun else { return true };
        first.job.control().start();
        self.lane.finish(&[first.ticket]);
        self.answer(&*first.job, Err(error));
        self.wakes.wake_all();
        false
    }

    /// Runs one job inside the group.
    fn admit(&mut self, assigned: Assigned) {
        let Assigned { job, ticket, .. } = assigned;
        let mark = self.engine.begin_member();
        if job.control().mode == Mode::Closure && !self.members.is_empty() {
            self.engine.wrap_lazily();
        }
        let outcome = serving::run(&job, &mut self.engine).and_then(|()| self.check_member(&*job));
        let (ran, outcome) = self.settle(mark, outcome);
        match ran {
            Ran::Kept(entries) => {
                self.members.push(Member {
                    job,
                    ticket,
                    entries,
                });
                return;
            }
            Ran::Undone => {}
            Ran::LostAll => self.replay(),
        }
        self.lane.finish(&[ticket]);
        self.answer(&*job, outcome);
        self.wakes.wake_all();
    }

    /// What must hold before a job's work may stay in the transaction.
    fn check_member(&self, job: &dyn Job) -> Result<()> {
        if !self.engine.in_transaction() {
            return Err(Error::misuse(
                "the statement ended the driver's transaction",
            ));
        }
        if self.engine.has_deferred_violations() {
            return Err(deferred_violation());
        }
        match job.control().execute() {
            true => Ok(()),
            false => Err(serving::given_up()),
        }
    }

    fn settle(&mut self, mark: Mark, outcome: Result<()>) -> (Ran, Result<()>) {
        if outcome.is_ok() {
            let entries = self.engine.entries_since(mark);
            return match self.engine.unwrap_keeping() {
                Ok(()) => (Ran::Kept(entries), Ok(())),
                Err(error) => (Ran::LostAll, Err(error)),
            };
        }
        // A damaged page that a statement came upon can fail others in the same transaction that never touch it.
        let is_tainted = matches!(&outcome, Err(error) if error.kind() == ErrorKind::Corrupt);
        match self.engine.unwrap_undoing(mark) && !is_tainted {
            true => (Ran::Undone, outcome),
            false => (Ran::LostAll, outcome),
        }
    }

    // Starting over without one member.

    /// Runs the members so far again in a fresh transaction, from the log.
    fn replay(&mut self) {
        self.engine.rollback();
        let members = std::mem::take(&mut self.members);
        if let Err(error) = self.engine.begin_write() {
            // Whoever comes next gets a group, and an answer, of their own.
            self.engine.seal_group();
            return self.fail_all(members, &error);
        }
        if members.is_empty() {
            return;
        }
        self.recorder.replayed(members.len() as u64);
        trace::replayed(members.len());
        let log = self.engine.detach_log();
        for member in members {
            self.replay_member(member, &log);
        }
        self.engine.attach_log(log);
    }

    fn replay_member(&mut self, member: Member, log: &[crate::redo::Entry]) {
        match self.engine.repeat_member(&log[member.entries.clone()]) {
            Ok(()) => self.members.push(member),
            Err(error) if self.engine.in_transaction() => self.fail_all(vec![member], &error),
            Err(error) => self.restart_empty(member, &error),
        }
    }

    /// The transaction was lost once more: nobody so far can be committed.
    fn restart_empty(&mut self, member: Member, error: &Error) {
        let mut lost = std::mem::take(&mut self.members);
        lost.push(member);
        self.engine.rollback();
        self.fail_all(lost, error);
        // Where even this fails, the members that follow fail one by one with the error of their first statement.
        let _ = self.engine.begin_write();
    }

    fn fail_all(&mut self, members: Vec<Member>, error: &Error) {
        for member in &members {
            self.finished.push(member.ticket);
        }
        self.lane.finish(&self.finished);
        self.finished.clear();
        for member in members {
            self.answer(&*member.job, Err(error.duplicate()));
        }
        self.wakes.wake_all();
    }

    // The end of a group.

    fn commit(&mut self, group_began: Instant) {
        let members = std::mem::take(&mut self.members);
        if members.is_empty() {
            self.engine.rollback();
            return;
        }
        let began = Instant::now();
        if let Err(error) = self.engine.commit() {
            return self.fail_all(members, &error);
        }
        self.commit_time = (self.commit_time * 7 + began.elapsed()) / 8;
        self.last_group = members.len();
        self.recorder.group(members.len() as u64);
        self.engine.collector().publish();
        self.finished
            .extend(members.iter().map(|member| member.ticket));
        self.lane.finish(&self.finished);
        self.finished.clear();
        for member in &members {
            self.answer(&*member.job, Ok(()));
        }
        if members.len() == 1 {
            self.lane.note_service(group_began.elapsed());
        }
        self.wakes.wake_all();
        self.members = members;
        self.members.clear();
        self.core.wal.note_commit();
    }

    fn foreign_check_due(&self) -> Option<Instant> {
        let watched = self.core.changes.has_watchers();
        watched.then(|| self.foreign_checked + FOREIGN_CHECK_EVERY)
    }

    fn foreign_check_is_due(&self) -> bool {
        self.foreign_check_due()
            .is_some_and(|due| Instant::now() >= due)
    }

    fn look_for_foreign_changes(&mut self) {
        self.foreign_checked = Instant::now();
        if self.core.wal.foreign_change(self.engine.connection()) {
            self.engine.collector().publish_foreign();
        }
    }

    fn flush_counts(&mut self) {
        self.engine.take_counts().record(&self.recorder);
        self.recorder.busy_retries(self.core.take_busy_retries());
    }
}

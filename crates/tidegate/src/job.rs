//! One submitted piece of work: its phase, its deadline, and the place where its answer waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tracing::Span;

use crate::engine::Engine;
use crate::error::{Committed, Error, ErrorKind, Result, Timing};
use crate::stats::{CallClass, Recorder};
use crate::sync::{AtomicBool, AtomicU8, AtomicU64, Mutex, Ordering, lock};
use crate::trace;

/// How a connection thread may run a job beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One statement: atomic by itself, so it needs no savepoint and may run in autocommit.
    Statement,
    /// A closure of several statements: runs under a savepoint, in a group.
    Closure,
    /// Needs the connection to itself, outside any group.
    Solo,
    /// Only reads; on the writer's connection it runs between groups.
    Read,
}

/// Where a job stands. Only the transitions below exist, each by one compare-and-swap,
/// so that exactly one side decides what becomes of the work:
///
/// `Queued → Running → Executed`; `Queued | Running → Abandoned`; `Executed → Doubted`; and from all but
/// `Abandoned | Doubted` to `Answered`. Whoever makes one of the last three answers the caller, and nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Waits in a lane; nothing has run.
    Queued = 0,
    /// Runs on a connection thread; nothing of it can be committed yet.
    Running = 1,
    /// Has run and belongs to a commit that is under way.
    Executed = 2,
    /// Given up by its caller, its deadline or a closing database: it must leave nothing behind.
    Abandoned = 3,
    /// Given up while its commit was under way: its caller was told that nobody knows.
    Doubted = 4,
    /// The connection thread gives the answer.
    Answered = 5,
}

impl Phase {
    fn from_u8(value: u8) -> Self {
        match value {
            0 => Self::Queued,
            1 => Self::Running,
            2 => Self::Executed,
            3 => Self::Abandoned,
            4 => Self::Doubted,
            _ => Self::Answered,
        }
    }
}

const NO_DEADLINE: u64 = u64::MAX;
const NOT_STARTED: u64 = u64::MAX;

/// The part of a job that every side looks at: the caller, the connection thread and the timer.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) class: CallClass,
    pub(crate) mode: Mode,
    created: Instant,
    deadline_nanos: AtomicU64,
    started_nanos: AtomicU64,
    phase: AtomicU8,
    /// Set when the call is submitted, if anybody wants to see it.
    span: OnceLock<Box<Span>>,
}

impl Control {
    pub(crate) fn new(class: CallClass, mode: Mode) -> Self {
        Self {
            class,
            mode,
            created: Instant::now(),
            deadline_nanos: AtomicU64::new(NO_DEADLINE),
            started_nanos: AtomicU64::new(NOT_STARTED),
            phase: AtomicU8::new(Phase::Queued as u8),
            span: OnceLock::new(),
        }
    }

    /// Sets the deadline, counted from the creation of the call.
    pub(crate) fn set_deadline(&self, after: Option<Duration>) {
        let nanos = after.map_or(NO_DEADLINE, nanos);
        self.deadline_nanos.store(nanos, Ordering::Relaxed);
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.deadline_nanos.load(Ordering::Relaxed) {
            NO_DEADLINE => None,
            nanos => self.created.checked_add(Duration::from_nanos(nanos)),
        }
    }

    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| now >= deadline)
    }

    pub(crate) fn phase(&self) -> Phase {
        Phase::from_u8(self.phase.load(Ordering::Acquire))
    }

    fn advance(&self, from: Phase, to: Phase) -> bool {
        self.phase
            .compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Claims a queued job for the connection thread; `false` when it was abandoned meanwhile.
    pub(crate) fn start(&self) -> bool {
        let claimed = self.advance(Phase::Queued, Phase::Running);
        if claimed {
            self.started_nanos
                .store(nanos(self.created.elapsed()), Ordering::Relaxed);
        }
        claimed
    }

    /// Hands the work over to a commit; `false` when it was abandoned and must be undone.
    pub(crate) fn execute(&self) -> bool {
        self.advance(Phase::Running, Phase::Executed)
            || matches!(self.phase(), Phase::Executed | Phase::Doubted)
    }

    /// Claims the answer for the connection thread; `false` when somebody else has given it, or will.
    pub(crate) fn conclude(&self) -> bool {
        [Phase::Running, Phase::Executed, Phase::Queued]
            .into_iter()
            .any(|phase| self.advance(phase, Phase::Answered))
    }

    /// Gives the job up. `Some` tells the phase it was taken from; `None` means that it is too late.
    pub(crate) fn abandon(&self) -> Option<Phase> {
        [Phase::Queued, Phase::Running]
            .into_iter()
            .find(|&phase| self.advance(phase, Phase::Abandoned))
    }

    /// Gives up a job whose commit is under way; `false` when its answer is there or on its way.
    pub(crate) fn doubt(&self) -> bool {
        self.advance(Phase::Executed, Phase::Doubted)
    }

    /// Whether the answer came, or will come, from elsewhere than the connection thread.
    pub(crate) fn was_given_up(&self) -> bool {
        matches!(self.phase(), Phase::Abandoned | Phase::Doubted)
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.phase() == Phase::Abandoned
    }

    /// Opens the call's span as a child of the current one.
    pub(crate) fn open_span(&self, database: &str) {
        if let Some(span) = trace::call(self.class, database) {
            // One that is there already is this call's, too.
            let _ = self.span.set(Box::new(span));
        }
    }

    pub(crate) fn span(&self) -> Option<&Span> {
        self.span.get().map(Box::as_ref)
    }

    /// Counts the call, which has run, and completes its span.
    pub(crate) fn count(&self, recorder: &Recorder, outcome: &Result<()>) {
        let timing = self.timing();
        let outcome = outcome.as_ref().copied().map_err(Error::kind);
        recorder.call(self.class, timing.waited, timing.ran, outcome);
        self.end_span(timing, outcome);
    }

    /// Counts the call, which was answered without its connection's thread, and completes its span.
    pub(crate) fn count_unexecuted(&self, recorder: &Recorder, kind: ErrorKind) {
        let timing = self.timing();
        match self.started_nanos.load(Ordering::Relaxed) {
            NOT_STARTED => recorder.unexecuted(self.class, timing.waited, Err(kind)),
            // It was stopped amid its work.
            _ => recorder.call(self.class, timing.waited, timing.ran, Err(kind)),
        }
        self.end_span(timing, Err(kind));
    }

    fn end_span(&self, timing: Timing, outcome: Result<(), ErrorKind>) {
        if let Some(span) = self.span() {
            trace::ended(span, timing, outcome);
        }
    }

    /// How long the job waited in its queue and how long it has run, up to now.
    pub(crate) fn timing(&self) -> Timing {
        let total = self.created.elapsed();
        let waited = match self.started_nanos.load(Ordering::Relaxed) {
            NOT_STARTED => total,
            nanos => Duration::from_nanos(nanos).min(total),
        };
        Timing {
            waited,
            ran: total - waited,
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NO_DEADLINE - 1)
}

/// Why a job is given up before its answer.
#[derive(Clone, Debug)]
pub(crate) enum Abandon {
    /// Its deadline has passed.
    Deadline,
    /// Its cancel token was used.
    Cancelled,
    /// The database closes and does not wait any longer.
    Closing,
}

impl Abandon {
    /// The caller's answer, by what is known of the work.
    pub(crate) fn error(&self, timing: Timing, committed: Committed) -> Error {
        match self {
            Self::Deadline => Error::deadline(timing, committed),
            Self::Cancelled => Error::cancelled(timing, committed),
            Self::Closing => Error::closed()
                .with_timing(timing)
                .with_committed(committed),
        }
    }
}

/// Wakers collected under locks and woken together after them.
#[derive(Debug, Default)]
pub(crate) struct Wakes(Vec<Waker>);

impl Wakes {
    pub(crate) fn push(&mut self, waker: Option<Waker>) {
        self.0.extend(waker);
    }

    pub(crate) fn wake_all(&mut self) {
        for waker in self.0.drain(..) {
            wake(Some(waker));
        }
    }
}

/// Wakes whoever waits. A waker is other people's code: what panics in it must not end a thread of the driver's.
pub(crate) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        guarded(|| waker.wake());
    }
}

/// A job as the connection threads see it.
pub(crate) trait Job: Send + Sync {
    fn control(&self) -> &Control;

    /// Runs the work on the connection's thread and stages its result for [`Job::deliver`].
    fn run(&self, engine: &mut Engine<'_>) -> Result<()>;

    /// Makes the staged result the answer.
    fn deliver(&self, wakes: &mut Wakes);

    /// Makes an error the answer, unless there is one already.
    fn fail(&self, error: Error, wakes: &mut Wakes);

    /// Drops the work and whatever answer there is: nobody waits any more.
    fn discard(&self);
}

/// A job as its caller sees it.
pub(crate) trait Answered<R>: Job {
    fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Result<R>>;

    /// Whether looking for the answer is of no use: it is there, or nobody can tell without a lock.
    fn is_ready(&self) -> bool {
        true
    }
}

/// Abandons a job on somebody's behalf and answers its caller; `false` when it had its answer before.
pub(crate) fn give_up(job: &dyn Job, why: &Abandon, wakes: &mut Wakes) -> bool {
    let control = job.control();
    let committed = match control.abandon() {
        Some(_) => Committed::No,
        None if control.doubt() => Committed::Unknown,
        None => return false,
    };
    job.fail(why.error(control.timing(), committed), wakes);
    true
}

/// The error of a job that its own connection thread stopped.
pub(crate) fn stopped(control: &Control) -> Error {
    let why = if control.is_overdue(Instant::now()) {
        Abandon::Deadline
    } else {
        Abandon::Cancelled
    };
    let committed = match control.phase() {
        // A statement that commits by itself may be reported as stopped when it has.
        Phase::Executed | Phase::Doubted => Committed::Unknown,
        _ => Committed::No,
    };
    why.error(control.timing(), committed)
}

#[derive(Debug)]
enum Answer<R> {
    Awaited,
    Staged(R),
    Ready(Result<R>),
    Taken,
}

/// Drops a value of the caller's, whose own code may panic, on a thread of the driver's, which must go on.
fn drop_guarded<T>(value: T) {
    guarded(|| drop(value));
}

fn guarded(foreign: impl FnOnce()) {
    let done = catch_unwind(AssertUnwindSafe(foreign));
    // The payload of a panic might panic once more.
    done.unwrap_or_else(std::mem::forget);
}

/// Where a caller's answer is put, once.
#[derive(Debug)]
pub(crate) struct Reply<R> {
    state: Mutex<(Answer<R>, Option<Waker>)>,
    is_ready: AtomicBool,
}

impl<R> Reply<R> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new((Answer::Awaited, None)),
            is_ready: AtomicBool::new(false),
        }
    }

    pub(crate) fn stage(&self, value: R) {
        let mut state = lock(&self.state);
        if matches!(state.0, Answer::Awaited) {
            state.0 = Answer::Staged(value);
            return;
        }
        drop(state);
        drop_guarded(value);
    }

    pub(crate) fn deliver(&self, wakes: &mut Wakes) {
        let mut state = lock(&self.state);
        if let Answer::Staged(_) = state.0
            && let Answer::Staged(value) = std::mem::replace(&mut state.0, Answer::Taken)
        {
            state.0 = Answer::Ready(Ok(value));
            wakes.push(state.1.take());
            drop(state);
            self.is_ready.store(true, Ordering::Release);
        }
    }

    pub(crate) fn fail(&self, error: Error, wakes: &mut Wakes) {
        let mut state = lock(&self.state);
        if matches!(state.0, Answer::Awaited | Answer::Staged(_)) {
            let before = std::mem::replace(&mut state.0, Answer::Ready(Err(error)));
            wakes.push(state.1.take());
            drop(state);
            self.is_ready.store(true, Ordering::Release);
            drop_guarded(before);
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<R>> {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut state.0, Answer::Taken) {
            Answer::Ready(answer) => Poll::Ready(answer),
            Answer::Taken => Poll::Ready(Err(Error::misuse("polled after it was ready"))),
            waiting => {
                state.0 = waiting;
                match &mut state.1 {
                    Some(waker) => waker.clone_from(cx.waker()),
                    none => *none = Some(cx.waker().clone()),
                }
                Poll::Pending
            }
        }
    }

    pub(crate) fn discard(&self) {
        let dropped = {
            let mut state = lock(&self.state);
            state.1 = None;
            std::mem::replace(&mut state.0, Answer::Taken)
        };
        drop(dropped);
    }
}

/// A closure that runs once on a connection's thread.
pub(crate) struct CallJob<F, R> {
    control: Control,
    work: Mutex<Option<F>>,
    reply: Reply<R>,
}

impl<F, R> CallJob<F, R> {
    pub(crate) fn new(class: CallClass, mode: Mode, work: F) -> Self {
        Self {
            control: Control::new(class, mode),
            work: Mutex::new(Some(work)),
            reply: Reply::new(),
        }
    }
}

impl<F, R> Job for CallJob<F, R>
where
    F: FnOnce(&mut Engine<'_>) -> Result<R> + Send,
    R: Send,
{
    fn control(&self) -> &Control {
        &self.control
    }

    fn run(&self, engine: &mut Engine<'_>) -> Result<()> {
        let work = lock(&self.work).take();
        let Some(work) = work else {
            return Err(Error::new(ErrorKind::Cancelled, "given up before it ran"));
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(engine)));
        let value = outcome.unwrap_or_else(|payload| Err(Error::panicked(payload)))?;
        self.reply.stage(value);
        Ok(())
    }

    fn deliver(&self, wakes: &mut Wakes) {
        self.reply.deliver(wakes);
    }

    fn fail(&self, error: Error, wakes: &mut Wakes) {
        self.reply.fail(error, wakes);
    }

    fn discard(&self) {
        let work = lock(&self.work).take();
        drop(work);
        self.reply.discard();
    }
}

impl<F, R> Answered<R> for CallJob<F, R>
where
    F: FnOnce(&mut Engine<'_>) -> Result<R> + Send,
    R: Send,
{
    fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Result<R>> {
        self.reply.poll(cx)
    }

    fn is_ready(&self) -> bool {
        self.reply.is_ready()
    }
}

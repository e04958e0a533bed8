//! The future of one call: submits its job when first polled, and gives it up when dropped.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc as StdArc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::cancel::CancelToken;
use crate::core::{Core, Target, refuse_reentry};
use crate::database::Handle;
use crate::engine::Engine;
use crate::error::{Committed, Error, ErrorKind, Result};
use crate::job::{Abandon, Answered, CallJob, Mode, Wakes, give_up};
use crate::lane::{Lane, Pushed, Ticket};
use crate::patience;
use crate::stats::{CallClass, InFlight};
use crate::sync::Arc;

/// A call of the database, to be awaited.
///
/// Nothing happens until it is first polled. Then its work is queued for a connection's thread, in order of arrival.
///
/// # Deadline
/// Counts from the moment when the call was made, waiting included. [`deadline`](Self::deadline) sets it; without, the
/// database's default holds. Past it, the call answers [`Deadline`](ErrorKind::Deadline), its statement is stopped
/// where it runs, and its work is undone; [`Error::committed`] says `Unknown` only where its commit was under way.
///
/// # Cancel safety
/// Dropping the future cancels the call: queued work never runs, a running statement is aborted, and a write has
/// either happened whole or not at all.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<R> {
    state: State<R>,
}

enum State<R> {
    /// Could not be made; the reason waits to be told.
    Refused(Option<Error>),
    Made(Made<R>),
}

/// A job on its way: submitted when it is first polled, given up when it is forsaken.
pub(crate) struct Made<R> {
    job: Arc<dyn Answered<R>>,
    route: Route,
    entered: Option<Entered>,
    token: Option<CancelToken>,
}

/// Where a job goes.
pub(crate) enum Route {
    Core(Arc<Handle>, Target),
    Session(Arc<Handle>, Arc<Lane>),
}

impl Route {
    fn core(&self) -> &Arc<Core> {
        match self {
            Self::Core(handle, _) | Self::Session(handle, _) => handle.core(),
        }
    }

    fn lane(&self) -> &Arc<Lane> {
        match self {
            Self::Core(handle, target) => handle.core().lane(*target),
            Self::Session(_, lane) => lane,
        }
    }

    fn submit<R: 'static>(&self, job: Arc<dyn Answered<R>>) -> Result<Pushed> {
        match self {
            Self::Core(handle, target) => handle.core().submit(*target, job),
            Self::Session(handle, lane) => {
                let deadline = job.control().deadline();
                let pushed = lane.push(job)?;
                if let Some(deadline) = deadline {
                    handle.core().timer.arm(deadline);
                }
                Ok(pushed)
            }
        }
    }
}

/// A job that is in its lane.
struct Entered {
    ticket: Ticket,
    _in_flight: InFlight,
}

impl<R: Send + 'static> Call<R> {
    /// A call that runs `work` on a connection's thread.
    pub(crate) fn new(
        route: Route,
        class: CallClass,
        mode: Mode,
        work: impl FnOnce(&mut Engine<'_>) -> Result<R> + Send + 'static,
    ) -> Self {
        Self::of_job(route, Arc::new(CallJob::new(class, mode, work)))
    }

    pub(crate) fn of_job(route: Route, job: Arc<dyn Answered<R>>) -> Self {
        let default = route.core().options.default_deadline;
        job.control().set_deadline(Some(default));
        Self {
            state: State::Made(Made::new(job, route)),
        }
    }

    /// A call that fails with `error` when it is awaited.
    pub(crate) fn refused(error: Error) -> Self {
        Self {
            state: State::Refused(Some(error)),
        }
    }

    /// Makes the call, or one that tells why it could not be prepared.
    pub(crate) fn or_refused(made: Result<Self>) -> Self {
        made.unwrap_or_else(Self::refused)
    }

    /// Sets how long the call may take, from the moment when it was made.
    ///
    /// [`Duration::MAX`] stands for no deadline.
    pub fn deadline(self, after: Duration) -> Self {
        if let State::Made(made) = &self.state {
            let after = (after != Duration::MAX).then_some(after);
            made.job.control().set_deadline(after);
            made.watch_deadline();
        }
        self
    }

    /// Ties the call to a token: using the token answers [`Cancelled`](ErrorKind::Cancelled) at once.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        if let State::Made(made) = &mut self.state {
            made.tie(token);
        }
        self
    }

    /// Waits for the answer on this thread, which must not be an executor's.
    ///
    /// # Errors
    /// The call's own, and [`Misuse`](ErrorKind::Misuse) inside a closure of the database, where waiting could never end.
    pub fn wait(self) -> Result<R> {
        refuse_reentry()?;
        block_on(self)
    }
}

impl<R: Send + 'static> Made<R> {
    /// Submits the job if that has not been done, and looks for an answer.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<R>> {
        if self.entered.is_none() {
            let at_once = self.enter()?;
            patience::look_for(|| self.job.is_ready(), at_once, cx);
        }
        self.job.poll_answer(cx)
    }

    /// Submits the job, and tells whether its answer is likely to come at once.
    fn enter(&mut self) -> Result<bool> {
        let (control, core) = (self.job.control(), self.route.core());
        control.open_span(&core.label);
        let in_flight = core.stats.begin(control.class);
        let pushed = self.submit().inspect_err(|error| {
            self.count_unexecuted(error.kind());
        })?;
        self.entered = Some(Entered {
            ticket: pushed.ticket,
            _in_flight: in_flight,
        });
        Ok(pushed.at_once)
    }

    fn submit(&self) -> Result<Pushed> {
        if let Some(token) = &self.token {
            token.attach(&self.job, self.route.lane())?;
        }
        let control = self.job.control();
        if control.is_overdue(Instant::now()) {
            return Err(Error::deadline(control.timing(), Committed::No));
        }
        self.route.submit(self.job.clone())
    }

    /// Ties the call to a token, even when it waits already.
    pub(crate) fn tie(&mut self, token: &CancelToken) {
        self.token = Some(token.clone());
        let Some(entered) = &self.entered else {
            return;
        };
        if token.attach(&self.job, self.route.lane()).is_err() {
            let mut wakes = Wakes::default();
            if give_up(&*self.job, &Abandon::Cancelled, &mut wakes) {
                self.route.lane().withdraw(entered.ticket);
            }
            wakes.wake_all();
        }
    }
}

impl<R> Made<R> {
    pub(crate) fn new(job: Arc<dyn Answered<R>>, route: Route) -> Self {
        Self {
            job,
            route,
            entered: None,
            token: None,
        }
    }

    /// Lets the timer know of a deadline that was set when the job was in its lane already.
    pub(crate) fn watch_deadline(&self) {
        if self.entered.is_some()
            && let Some(deadline) = self.job.control().deadline()
        {
            self.route.core().timer.arm(deadline);
        }
    }

    /// Counts a call that ended without the connection's thread.
    fn count_unexecuted(&self, kind: ErrorKind) {
        let recorder = self.route.core().stats.outside();
        self.job.control().count_unexecuted(&recorder, kind);
    }

    /// The last answer is there: if it was given without the connection's thread, it is counted here.
    pub(crate) fn conclude(&mut self, answer: &Result<R>) {
        if self.entered.is_some()
            && self.job.control().was_given_up()
            && let Err(error) = answer
        {
            self.count_unexecuted(error.kind());
        }
        self.entered = None;
    }

    fn has_succeeded(&self) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        matches!(self.job.poll_answer(&mut nobody), Poll::Ready(Ok(_)))
    }

    /// Nobody waits for the answer any more.
    pub(crate) fn forsake(&mut self) {
        let Some(entered) = self.entered.take() else {
            return;
        };
        let control = self.job.control();
        if control.abandon().is_some() {
            self.route.lane().withdraw(entered.ticket);
        } else if !self.has_succeeded() {
            // The owner of a transaction would go on as if the statement were part of it.
            self.route.lane().distrust();
        }
        // By this drop, or by a deadline or token whose answer nobody has looked at.
        if control.doubt() || control.was_given_up() {
            self.count_unexecuted(ErrorKind::Cancelled);
        }
        self.job.discard();
    }
}

impl<R: Send + 'static> Future for Call<R> {
    type Output = Result<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<R>> {
        let made = match &mut self.state {
            State::Refused(error) => {
                let error = error.take();
                return Poll::Ready(Err(
                    error.unwrap_or_else(|| Error::misuse("a call was polled after it was ready"))
                ));
            }
            State::Made(made) => made,
        };
        let answer = std::task::ready!(made.poll(cx));
        made.conclude(&answer);
        self.state = State::Refused(None);
        Poll::Ready(answer)
    }
}

impl<R> Drop for Call<R> {
    fn drop(&mut self) {
        if let State::Made(made) = &mut self.state {
            made.forsake();
        }
    }
}

impl<R> Unpin for Call<R> {}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Refused(error) => f.debug_tuple("Refused").field(error).finish(),
            State::Made(made) => f.debug_tuple("Call").field(made.job.control()).finish(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: StdArc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread, parking it in between.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    block_until(future, None).expect("invariant: without an end, only an answer ends the waiting")
}

/// As [`block_on`], but no longer than `until`: `None` when the future is not ready by then, and is dropped.
pub(crate) fn block_until<F: Future>(future: F, until: Option<Instant>) -> Option<F::Output> {
    let waker = Waker::from(StdArc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Some(output);
        }
        let Some(until) = until else {
            std::thread::park();
            continue;
        };
        match until.saturating_duration_since(Instant::now()) {
            Duration::ZERO => return None,
            left => std::thread::park_timeout(left),
        }
    }
}

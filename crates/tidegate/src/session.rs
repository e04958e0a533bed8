//! Interactive use of a connection: a job that stays on its thread and serves the calls of one owner.

use std::time::{Duration, Instant};

use crate::call::{Call, Route};
use crate::current;
use crate::database::Handle;
use crate::engine::{Engine, SNAPSHOT_TOO_OLD};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Answered, CallJob, Control, Job, Mode, Reply, Wakes};
use crate::lane::{Assigned, Lane, Seat, Taken};
use crate::serving;
use crate::stats::CallClass;
use crate::sync::{Arc, Mutex, lock};
use crate::trace;

/// An owner sends one call at a time; savepoints given up on the way may queue a few more.
const SESSION_BOUND: usize = 64;

/// What kind of transaction a session holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Transaction,
    Snapshot,
}

/// The owner's end of a session. Dropping it ends the session; what was not committed is rolled back.
pub(crate) struct Session {
    handle: Arc<Handle>,
    lane: Arc<Lane>,
}

impl Session {
    /// A call that runs on the session's connection.
    pub(crate) fn call<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Engine<'_>) -> Result<R> + Send + 'static,
    ) -> Call<R> {
        Call::new(self.route(), CallClass::Transaction, Mode::Closure, work)
    }

    /// The way to the session's connection.
    pub(crate) fn route(&self) -> Route {
        Route::Session(self.handle.clone(), self.lane.clone())
    }

    /// Queues work whose outcome nobody waits for.
    pub(crate) fn detach(&self, work: impl FnOnce(&mut Engine<'_>) -> Result<()> + Send + 'static) {
        let job = CallJob::new(CallClass::Transaction, Mode::Closure, work);
        // A session that has ended has rolled everything back already.
        if self.lane.push(Arc::new(job)).is_ok() {
            drop(self.handle.core().stats.begin(CallClass::Transaction));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.lane
            .close(Error::misuse("the transaction or snapshot has ended"));
    }
}

/// The job that opens a session and serves it.
pub(crate) struct SessionJob {
    control: Control,
    kind: Kind,
    handle: Mutex<Option<Arc<Handle>>>,
    reply: Reply<Session>,
    idle_limit: Duration,
    max_age: Duration,
}

impl SessionJob {
    pub(crate) fn new(handle: Arc<Handle>, kind: Kind) -> Self {
        let options = &handle.core().options;
        let (idle_limit, max_age) = match kind {
            Kind::Transaction => (options.transaction_idle_limit, Duration::MAX),
            Kind::Snapshot => (Duration::MAX, options.snapshot_max_age),
        };
        let class = match kind {
            Kind::Transaction => CallClass::Transaction,
            Kind::Snapshot => CallClass::Read,
        };
        Self {
            control: Control::new(class, Mode::Solo),
            kind,
            handle: Mutex::new(Some(handle)),
            reply: Reply::new(),
            idle_limit,
            max_age,
        }
    }

    fn begin(&self, engine: &mut Engine<'_>) -> Result<()> {
        match self.kind {
            Kind::Transaction => engine.begin_write(),
            Kind::Snapshot => engine.begin_snapshot(),
        }
    }
}

impl Job for SessionJob {
    fn control(&self) -> &Control {
        &self.control
    }

    fn run(&self, engine: &mut Engine<'_>) -> Result<()> {
        let handle = lock(&self.handle).take();
        let Some(handle) = handle else {
            return Err(Error::new(ErrorKind::Cancelled, "given up before it began"));
        };
        engine.set_read_only(self.kind == Kind::Snapshot);
        let served = self.begin(engine).and_then(|()| {
            let lane = Arc::new(match self.kind {
                Kind::Transaction => Lane::fragile(SESSION_BOUND),
                Kind::Snapshot => Lane::new(SESSION_BOUND),
            });
            handle.core().register_session(&lane);
            if !self.control.conclude() {
                return Err(Error::new(ErrorKind::Cancelled, "given up while it began"));
            }
            self.control.count(&handle.core().stats.outside(), &Ok(()));
            let server = Server::new(self, &handle, lane.clone());
            self.answer(Session {
                handle: handle.clone(),
                lane,
            });
            drop(handle);
            server.serve(engine);
            Ok(())
        });
        engine.rollback();
        engine.set_read_only(false);
        served
    }

    fn deliver(&self, _: &mut Wakes) {}

    fn fail(&self, error: Error, wakes: &mut Wakes) {
        self.reply.fail(error, wakes);
    }

    fn discard(&self) {
        let handle = lock(&self.handle).take();
        drop(handle);
        self.reply.discard();
    }
}

impl SessionJob {
    fn answer(&self, session: Session) {
        let mut wakes = Wakes::default();
        self.reply.stage(session);
        self.reply.deliver(&mut wakes);
        wakes.wake_all();
    }
}

impl Answered<Session> for SessionJob {
    fn poll_answer(&self, cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<Session>> {
        self.reply.poll(cx)
    }
}

/// The connection thread's end of a session.
struct Server {
    lane: Arc<Lane>,
    stats: Arc<crate::stats::Hub>,
    seat: Seat,
    kind: Kind,
    idle_limit: Duration,
    ends_at: Option<Instant>,
    wakes: Wakes,
}

impl Server {
    fn new(job: &SessionJob, handle: &Handle, lane: Arc<Lane>) -> Self {
        Self {
            seat: lane.join(),
            lane,
            stats: handle.core().stats.clone(),
            kind: job.kind,
            idle_limit: job.idle_limit,
            ends_at: Instant::now().checked_add(job.max_age),
            wakes: Wakes::default(),
        }
    }

    /// Serves the owner's calls until the transaction is over, and then fails what still comes with the reason.
    fn serve(mut self, engine: &mut Engine<'_>) {
        current::enter(None);
        current::set_limit(self.ends_at);
        let reason = loop {
            if let Some(reason) = self.next(engine) {
                break reason;
            }
        };
        current::set_limit(None);
        engine.rollback();
        self.refuse_the_rest(&reason);
    }

    /// Serves one call; `Some` tells why there will be no other.
    fn next(&mut self, engine: &mut Engine<'_>) -> Option<Error> {
        let idle = Instant::now().checked_add(self.idle_limit);
        let until = [idle, self.ends_at].into_iter().flatten().min();
        let taken = self.lane.take(&self.seat, until);
        if self.lane.is_spoiled() {
            if let Taken::Job(assigned) = taken {
                self.refuse(assigned, &cancelled_within());
            }
            return Some(cancelled_within());
        }
        match taken {
            Taken::Job(assigned) => self.run(assigned, engine),
            Taken::Nudged => None,
            Taken::Closed => Some(Error::misuse("the transaction or snapshot has ended")),
            Taken::TimedOut => Some(self.too_long()),
        }
    }

    fn too_long(&self) -> Error {
        match self.kind {
            Kind::Snapshot => {
                trace::aged_snapshot();
                Error::new(ErrorKind::Deadline, SNAPSHOT_TOO_OLD)
            }
            Kind::Transaction => {
                trace::idle_transaction(self.idle_limit);
                let limit = self.idle_limit;
                let message = format!(
                    "the transaction was idle for longer than transaction_idle_limit ({limit:?}) and was rolled back"
                );
                Error::new(ErrorKind::Deadline, message)
            }
        }
    }

    fn run(&mut self, assigned: Assigned, engine: &mut Engine<'_>) -> Option<Error> {
        let Assigned { job, ticket, .. } = assigned;
        let outcome = serving::run_whole(&job, engine);
        let over = self.is_over(&outcome, engine);
        self.lane.finish(&[ticket]);
        self.answer(&*job, outcome);
        over
    }

    /// Why the session cannot go on after a call, if so.
    fn is_over(&self, outcome: &Result<()>, engine: &Engine<'_>) -> Option<Error> {
        match outcome {
            Ok(()) if engine.in_transaction() => None,
            Ok(()) => Some(Error::misuse("the transaction has ended")),
            Err(error) if !engine.in_transaction() => Some(
                Error::new(error.kind(), error.to_string())
                    .context("SQLite has rolled the transaction back"),
            ),
            Err(error) if self.kind == Kind::Transaction && stopped_midway(error) => {
                Some(cancelled_within())
            }
            Err(_) => None,
        }
    }

    fn answer(&mut self, job: &dyn Job, outcome: Result<()>) {
        serving::answer(job, outcome, &self.stats.outside(), &mut self.wakes);
        self.wakes.wake_all();
    }

    fn refuse(&mut self, assigned: Assigned, reason: &Error) {
        assigned.job.control().start();
        self.lane.finish(&[assigned.ticket]);
        self.answer(&*assigned.job, Err(reason.duplicate()));
    }

    fn refuse_the_rest(&mut self, reason: &Error) {
        self.lane.close(reason.duplicate());
        while let Some(assigned) = self.lane.try_take(u64::MAX) {
            self.refuse(assigned, reason);
        }
    }
}

fn stopped_midway(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Deadline | ErrorKind::Cancelled)
}

fn cancelled_within() -> Error {
    Error::new(
        ErrorKind::Cancelled,
        "the transaction was rolled back because a call in it was cancelled or passed its deadline",
    )
}

/// Opens a session as one call.
pub(crate) fn open(handle: &Arc<Handle>, route: Route, kind: Kind) -> Call<Session> {
    Call::of_job(route, Arc::new(SessionJob::new(handle.clone(), kind)))
}

//! What this connection thread is doing right now, for SQLite's callbacks, which run on the same thread.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tracing::Span;
use tracing::span::EnteredSpan;

use crate::job::Job;
use crate::sync::Arc;

thread_local! {
    static JOB: RefCell<Option<Arc<dyn Job>>> = const { RefCell::new(None) };
    static SPAN: RefCell<Option<EnteredSpan>> = const { RefCell::new(None) };
    static LABEL: RefCell<String> = const { RefCell::new(String::new()) };
    static LIMIT: Cell<Option<Instant>> = const { Cell::new(None) };
    static IS_IMPATIENT: Cell<bool> = const { Cell::new(false) };
    static IS_FIRM: Cell<bool> = const { Cell::new(false) };
    static IS_CONNECTION_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as one that owns a connection of the database with this label.
pub(crate) fn own_connection(label: &str) {
    IS_CONNECTION_THREAD.set(true);
    LABEL.replace(label.to_owned());
}

/// Looks at the label of the connection's database.
pub(crate) fn with_label(look: impl FnOnce(&str)) {
    LABEL.with_borrow(|label| look(label));
}

/// Whether the caller runs on a connection's thread, where waiting for another job could never end.
pub(crate) fn is_connection_thread() -> bool {
    IS_CONNECTION_THREAD.get()
}

/// Makes `job` the one that SQLite's callbacks look at, and enters its span instead of the one before.
pub(crate) fn enter(job: Option<Arc<dyn Job>>) {
    let span = job.as_ref().and_then(|job| job.control().span()).cloned();
    let before = JOB.replace(job);
    let was_traced = before.is_some_and(|job| job.control().span().is_some());
    if was_traced || span.is_some() {
        drop(SPAN.take());
        SPAN.set(span.map(Span::entered));
    }
}

/// Sets the instant after which nothing may run on this thread's open snapshot, whatever the job.
pub(crate) fn set_limit(limit: Option<Instant>) {
    LIMIT.set(limit);
}

/// The instant set by [`set_limit`].
pub(crate) fn limit() -> Option<Instant> {
    LIMIT.get()
}

/// Whether the thread's snapshot has reached its maximum age.
pub(crate) fn is_past_limit() -> bool {
    LIMIT.get().is_some_and(|limit| Instant::now() >= limit)
}

/// Does work that takes no lock for which it would have to wait.
pub(crate) fn without_waiting<T>(work: impl FnOnce() -> T) -> T {
    IS_IMPATIENT.set(true);
    let outcome = work();
    IS_IMPATIENT.set(false);
    outcome
}

/// Does work that SQLite must not interrupt. It asks at the end of a statement, too, and reports one as interrupted that
/// has taken effect: a savepoint would be open that nobody knows of, or a commit be told as none.
pub(crate) fn firmly<T>(work: impl FnOnce() -> T) -> T {
    IS_FIRM.set(true);
    let outcome = work();
    IS_FIRM.set(false);
    outcome
}

/// Whether SQLite may go on with the running statement.
pub(crate) fn may_go_on() -> bool {
    IS_FIRM.get() || !must_stop()
}

/// Whether the running work must give up instead of waiting for a lock.
pub(crate) fn is_impatient() -> bool {
    IS_IMPATIENT.get() || must_stop()
}

/// Whether the current job was given up, or its snapshot has ended; costs no look at the clock for most jobs.
pub(crate) fn is_given_up() -> bool {
    with_job(|job| job.control().is_abandoned()).unwrap_or(false) || is_past_limit()
}

/// Whether SQLite must stop the running statement.
pub(crate) fn must_stop() -> bool {
    with_job(|job| {
        let control = job.control();
        control.is_abandoned() || control.is_overdue(Instant::now())
    })
    .unwrap_or(false)
        || is_past_limit()
}

/// Hands the current job over to the commit that is about to happen; `false` when it must not.
pub(crate) fn enter_commit() -> bool {
    with_job(|job| job.control().execute()).unwrap_or(true)
}

/// Whether the current job has been running for longer than `limit`.
pub(crate) fn runs_longer_than(limit: Duration) -> bool {
    with_job(|job| job.control().timing().ran > limit).unwrap_or(false)
}

/// How long the current job may still wait, with nothing said where it has no deadline.
pub(crate) fn time_left() -> Option<Duration> {
    let now = Instant::now();
    with_job(|job| job.control().deadline())
        .flatten()
        .map(|deadline| deadline.saturating_duration_since(now))
}

/// Looks at the current job, if there is one.
pub(crate) fn with_job<T>(look: impl FnOnce(&dyn Job) -> T) -> Option<T> {
    JOB.with_borrow(|job| job.as_deref().map(look))
}

//! What the driver tells `tracing`: a span for each call, and events for what happens to the database as a whole.
//!
//! No function here is given a bound value, so that none can be told.

use std::path::Path;
use std::time::Duration;

use tracing::field::Empty;
use tracing::{Span, debug, debug_span, trace, warn};

use crate::current::with_label;
use crate::error::{ErrorKind, Result, Timing};
use crate::stats::CallClass;
use crate::wal::{Checkpoint, CheckpointMode};

/// A lock that is waited for longer than this is worth a warning.
pub(crate) const LONG_BUSY: Duration = Duration::from_millis(100);

// On the caller's thread.

/// The span of a call, as a child of the caller's; `None` where nobody wants it, which costs one load to find out.
pub(crate) fn call(class: CallClass, database: &str) -> Option<Span> {
    let span = debug_span!(
        target: "tidegate",
        "tidegate.call",
        class = class.as_str(),
        database,
        waited_us = Empty,
        ran_us = Empty,
        outcome = Empty,
    );
    (!span.is_disabled()).then_some(span)
}

/// Completes the span of a call: how long it took, and `ok` or the error's kind.
pub(crate) fn ended(span: &Span, timing: Timing, outcome: Result<(), ErrorKind>) {
    span.record("waited_us", micros(timing.waited));
    span.record("ran_us", micros(timing.ran));
    span.record("outcome", outcome.map_or_else(ErrorKind::as_str, |()| "ok"));
}

pub(crate) fn opened(database: &str, path: &Path) {
    debug!(target: "tidegate", database, path = %path.display(), "database opened");
}

pub(crate) fn closed(database: &str) {
    debug!(target: "tidegate", database, "database closed");
}

pub(crate) fn queue_full(database: &str, class: CallClass) {
    let class = class.as_str();
    debug!(target: "tidegate", database, class, "queue full, the call waits for a place in it");
}

// On a connection's thread.

/// One statement, by its text alone.
pub(crate) fn statement(sql: &str) {
    trace!(target: "tidegate", sql, "statement");
}

pub(crate) fn checkpoint(mode: CheckpointMode, outcome: &Result<Checkpoint>) {
    with_label(|database| match outcome {
        Ok(done) => debug!(
            target: "tidegate",
            database,
            ?mode,
            busy = done.busy,
            log_frames = done.log_frames,
            checkpointed_frames = done.checkpointed_frames,
            "checkpoint"
        ),
        Err(error) => {
            warn!(target: "tidegate", database, ?mode, error = error.kind().as_str(), "checkpoint failed");
        }
    });
}

pub(crate) fn long_busy(waited: Duration) {
    with_label(|database| {
        let waited_us = micros(waited);
        warn!(target: "tidegate", database, waited_us, "still waiting for a lock that another connection holds");
    });
}

pub(crate) fn replayed(jobs: usize) {
    with_label(|database| {
        debug!(target: "tidegate", database, jobs, "a failed call took its group's transaction along, and the others were run again");
    });
}

pub(crate) fn idle_transaction(limit: Duration) {
    with_label(|database| {
        let limit_us = micros(limit);
        warn!(target: "tidegate", database, limit_us, "a transaction was idle for too long and was rolled back");
    });
}

pub(crate) fn aged_snapshot() {
    with_label(|database| {
        warn!(target: "tidegate", database, "a read was open for longer than snapshot_max_age and was ended");
    });
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

//! What the server does by itself: tasks with a name, restarted when they fail, each with a state that can be seen.
//!
//! A worker is a file of this module, and a line in [`all`].

mod live;
mod register;
mod retention;
mod self_metrics;
mod supervise;
mod sweep;

pub(crate) use register::Register;
pub(crate) use retention::apply_retention;
pub(crate) use supervise::{Worker, supervise};

/// Every worker.
pub(crate) fn all() -> Vec<Worker> {
    let mut workers = Vec::new();
    workers.extend(live::workers());
    workers.extend(sweep::workers());
    workers.push(self_metrics::worker());
    workers
}

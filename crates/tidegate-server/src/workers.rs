//! What the server does by itself: tasks with a name, restarted when they fail, each with a state that can be seen.

mod register;
mod retention;
mod supervise;

pub(crate) use register::{Register, WorkerState};
pub(crate) use retention::apply_retention;
pub(crate) use supervise::{Worker, supervise};

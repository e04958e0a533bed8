//! Trying again: how long to wait before the next attempt, and a driver that does the waiting.

mod backoff;
mod driver;

pub use backoff::{Backoff, Delays, Exhausted, Growth, Jitter, Tried};
pub use driver::{Decision, GaveUp, GaveUpBecause, Repeatable, retry};

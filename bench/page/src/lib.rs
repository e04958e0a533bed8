//! What the pages of results share: the facts of the machine, durations gathered, numbers for people, medians.

mod durations;
mod format;
mod machine;
mod median;

pub use durations::Durations;
pub use format::{count, duration, memory};
pub use machine::{Machine, SyncTimer};
pub use median::{median, range};

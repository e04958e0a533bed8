//! What the pages of results share: the facts of the machine, numbers for people, medians.

mod format;
mod machine;
mod median;

pub use format::{count, duration, memory};
pub use machine::{Machine, SyncTimer};
pub use median::{median, range};

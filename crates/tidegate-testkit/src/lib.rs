//! Test helpers of the workspace; knows no product crate.
//!
//! - [`poll`]: drive a future by hand and drop it at every poll count.
//! - [`Rng`]: a small seeded generator that prints its seed when a test fails.
//! - [`wait_until`], [`threads_named`]: wait for an event; see which threads live.
//! - [`history`]: record concurrent transactions and find what no serial order explains.
//! - [`limits`]: run a child process under a file-size limit.
//! - [`ticker`], [`processor_wait`]: how long an executor is held up, whatever else the machine does.
//! - [`ChildProcess`], [`Ledger`]: kill a child amid its work and see what it had acknowledged.
//! - [`receiver`]: an HTTP receiver that records what it is sent, and answers well or badly.
//! - [`vfs`]: an SQLite file system that fails, waits, or loses power on demand.

mod child;
pub mod history;
mod ledger;
pub mod limits;
pub mod poll;
mod processor;
pub mod receiver;
mod rng;
mod ticker;
pub mod vfs;
mod wait;

pub use child::{ChildProcess, End, child_role};
pub use ledger::{Ledger, read_ledger};
pub use processor::processor_wait;
pub use rng::{Rng, SEED_VARIABLE};
pub use ticker::{Tick, Ticker, Ticks, ticker};
pub use wait::{threads_named, wait_until};

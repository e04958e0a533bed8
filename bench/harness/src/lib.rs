//! The workloads and the measuring that every peer of the benchmarks shares.
//!
//! A peer implements [`Peer`] in a package of its own and hands its type to [`run`]; everything that is
//! timed, and how, is here, so that no peer can be measured differently from another. Nothing here knows
//! SQLite: only one crate of a build may link it, and each peer links its own.

mod command;
mod data;
mod job;
mod measure;
mod peer;
mod report;
mod workload;

pub use command::run;
pub use data::{
    Entry, GENERATE, INSERT, Item, LONG_WRITE, POINT_READ, ROWS, RUNAWAY, SCAN, SETUP_FACTS,
    pragmas,
};
pub use job::{Durability, Job, Work};
pub use peer::{Error, Peer, Result, Settings};
pub use report::{Outcome, Report, Spread};

//! Commands and retry for async services: a subprocess runner that leaves nothing behind, backoff, circuit breakers.
//!
//! Nothing here blocks the executor, waits without an end, or knows a database.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use tidegate_exec::{Command, Limits, Parse, Runner};
//!
//! let runner = Runner::new(4)?; // at most four commands at once
//! let command = Command::new(["sh", "-c", "echo free=17.5"])
//!     .timeout(Duration::from_secs(5))
//!     .output_cap_bytes(64 << 10)
//!     .limits(Limits::none().cpu_seconds(2).open_files(64));
//!
//! let outcome = runner.run(&command).await?;
//! assert!(outcome.success());
//! assert_eq!(Parse::KeyValue {}.metrics(&outcome)?, [("free".to_owned(), 17.5)]);
//! # Ok(())
//! # }
//! ```
//!
//! # What there is
//!
//! | for | look at |
//! |---|---|
//! | running commands | [`Runner`], [`Command`], [`Limits`] |
//! | what came of it | [`Outcome`], [`Status`], [`Stop`], [`Captured`], [`Error`], [`ErrorKind`] |
//! | figures out of its output | [`Parse`], [`Pattern`], [`ParseError`] |
//! | trying again | [`retry`], [`Repeatable`], [`Decision`], [`GaveUp`], [`Backoff`], [`Jitter`] |
//! | leaving a broken target alone | [`Breakers`], [`Breaker`], [`Permit`], [`BreakerPolicy`] |
//!
//! Settings (`Command`, `Limits`, `Parse`, `Backoff`, `BreakerPolicy`) can be read from a configuration file: unknown
//! fields are refused, and durations are written like `"30s"` or `"1h 30m"`. Each has a `validate` that names what is
//! wrong.
//!
//! The runner needs a Unix, because it manages process groups.

#![forbid(unsafe_code)]

mod breaker;
mod command;
mod error;
mod human_time;
mod outcome;
mod parse;
mod retry;
mod runner;

pub use breaker::{
    Breaker, BreakerPolicy, BreakerSnapshot, BreakerState, Breakers, Permit, Refused,
};
pub use command::{Command, Limits};
pub use error::{Error, ErrorKind, Result};
pub use outcome::{Captured, Outcome, Status, Stop};
pub use parse::{Parse, ParseError, Pattern};
pub use retry::{
    Backoff, Decision, Delays, Exhausted, GaveUp, GaveUpBecause, Growth, Jitter, Repeatable, Tried,
    retry,
};
pub use runner::Runner;

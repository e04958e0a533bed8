//! Takes one message to one target outside: a log, a file, a console, a mailbox, a webhook, or Slack and its like.
//!
//! Nothing here keeps messages, tries again, or knows a database: whoever calls does. What is here is made for receivers
//! that nobody vouches for, which hang, refuse, redirect, or answer garbage without end, and for texts that mean harm.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::{Duration, SystemTime};
//! use tidegate_deliver::{Courier, Message, Target};
//!
//! # let home = tempfile::tempdir()?;
//! # let path = home.path().join("alerts.jsonl");
//! let target: Target = serde_json::from_value(serde_json::json!({"kind": "file", "path": path}))?;
//! target.check()?;
//!
//! let message = Message {
//!     id: "0199a0b1-7c3e-7d52-9a41-2f6f1b0c8d11".to_owned(),
//!     subject: "error_rate is above 0.5".to_owned(),
//!     text: "For 2 minutes now.".to_owned(),
//!     severity: "critical".to_owned(),
//!     body: "{}".to_owned(),
//!     at: SystemTime::now(),
//! };
//! let courier = Courier::new()?;
//! let receipt = courier.deliver(&target, &message, Duration::from_secs(10)).await?;
//! assert_eq!(receipt.status, "written");
//! # Ok(())
//! # }
//! ```
//!
//! # What there is
//!
//! | for | look at |
//! |---|---|
//! | delivering | [`Courier`], [`Message`], [`Receipt`], [`Failure`], [`FailureKind`] |
//! | targets, as they stand in a configuration | [`Target`]: [`Log`], [`Console`], [`File`], [`Email`], [`Webhook`], [`Slack`] |
//! | what may be secret | [`Secret`], [`Address`] |

#![forbid(unsafe_code)]

mod console;
mod courier;
mod email;
mod escape;
mod failure;
mod file;
mod http;
mod lanes;
mod log;
mod message;
mod secret;
mod slack;
mod target;
mod told;
mod trust;
mod webhook;

pub use console::Console;
pub use courier::{Courier, Receipt};
pub use email::Email;
pub use failure::{Failure, FailureKind};
pub use file::File;
pub use http::Address;
pub use log::Log;
pub use message::Message;
pub use secret::Secret;
pub use slack::Slack;
pub use target::Target;
pub use webhook::Webhook;

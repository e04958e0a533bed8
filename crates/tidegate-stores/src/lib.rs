//! What services keep in their database again and again: metrics, events, keys, and what stands on them.
//!
//! A store is a set of plain functions over an open transaction of [`tidegate`]. It starts no task, reads no clock and
//! knows nothing of HTTP: time is a parameter, and whoever calls decides when something is done. Several stores, and
//! tables of your own, can therefore be changed in one transaction:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tidegate::Database;
//! use tidegate_stores::{Timestamp, schema};
//!
//! let db = Database::open_in_memory().await?;
//! db.migrate(&schema::migrations()).await?;
//!
//! let now = Timestamp::parse("2026-03-01T12:00:00Z")?;
//! assert_eq!(now.to_string(), "2026-03-01T12:00:00Z");
//! # Ok(())
//! # }
//! ```
//!
//! # What holds for every store
//!
//! - Times are [`Timestamp`]s: UTC microseconds, stored as INTEGER. A clock that goes backwards does no harm.
//! - Ids are [`Id`]s: UUID v7 made of a time and random bits, stored as a BLOB of 16 bytes.
//! - JSON is stored as text: [`JsonText`].
//! - Functions that only read take a `&mut ReadTx`; a `&mut Tx` serves as one.
//! - Every field that comes from outside is checked. What is refused is an [`Error`] that names the field and says why,
//!   and nothing of the call is stored. `?` turns it into a [`tidegate::Error`] within a closure, and back outside of it.
//! - Every limit is a constant with its unit in its name or its documentation.
//! - Tables begin with `tg_`; their steps are in [`schema`].

#![forbid(unsafe_code)]

pub mod alerts;
pub mod auth;
mod check;
mod cursor;
mod error;
pub mod events;
mod fingerprint;
mod id;
mod json_text;
mod labels;
mod matcher;
pub mod metrics;
pub mod notify;
mod progress;
pub mod schema;
mod timestamp;
mod window;

pub use cursor::{Cursor, PAGE_ITEMS_MAX, Page};
pub use error::{Error, ErrorKind, Result};
pub use fingerprint::Fingerprint;
pub use id::Id;
pub use json_text::{JSON_BYTES_MAX, JsonText};
pub use labels::{LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX, LABELS_MAX, Label, Labels};
pub use matcher::{MATCHERS_MAX, Matcher, Operator, PATTERN_BYTES_MAX};
pub use progress::Progress;
pub use timestamp::Timestamp;
pub use window::{WINDOW_MAX, Window};

//! What happened: an append-only log that can be searched, counted and followed.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tidegate::Database;
//! use tidegate_stores::events::{self, Filter, NewEvent, Severity};
//! use tidegate_stores::{Timestamp, schema};
//!
//! let db = Database::open_in_memory().await?;
//! db.migrate(&schema::migrations()).await?;
//!
//! let now = Timestamp::parse("2026-03-01T12:00:00Z")?;
//! let mut event = NewEvent::new("deployment", Severity::Info, "ci", "Release 1.4 is out");
//! event.target = Some("api".to_owned());
//! event.tags = vec!["release".to_owned()];
//! let recorded = db.write(move |tx| Ok(events::record(tx, now, event)?)).await?;
//! assert_eq!(recorded.seq, 1);
//!
//! let mut filter = Filter::default();
//! filter.tags = vec!["release".to_owned()];
//! filter.text = Some("release out".to_owned());
//! let page = db.read(move |tx| Ok(events::list(tx, &filter, None, 10)?)).await?;
//! assert_eq!(page.items[0].title, "Release 1.4 is out");
//! # Ok(())
//! # }
//! ```
//!
//! # Order
//! Events have two: the time at which they happened, which lists go by, and a sequence number, the order in which they
//! were recorded, which has no gaps and which [`after`] goes by. Somebody who follows the log remembers the last number;
//! what retention has removed before it was read is counted, never passed over in silence.
//!
//! # Retention
//! [`retain_step`] removes events in the order of their numbers: those that are too old, and the oldest of those that are
//! too many or take too much room.

mod conditions;
mod event;
mod insert;
mod list;
mod record;
mod retention;
mod row;
pub(crate) mod schema;
mod search;
mod severity;
mod state;
mod statistics;
mod tail;

pub use conditions::{FILTER_VALUES_MAX, Filter};
pub use event::{
    CATEGORY_BYTES_MAX, DESCRIPTION_BYTES_MAX, Event, HEALTH_MAX, NewEvent, REFERENCE_BYTES_MAX,
    STATUS_BYTES_MAX, TAG_BYTES_MAX, TAGS_MAX, TITLE_BYTES_MAX, TYPE_BYTES_MAX,
};
pub use list::{get, list};
pub use record::{BATCH_EVENTS_MAX, EVENT_FUTURE_MAX, Recorded, record, record_many};
pub use retention::{Retention, retain_step, retention, set_retention};
pub use search::{SEARCH_BYTES_MAX, SEARCH_WORDS_MAX};
pub use severity::Severity;
pub use statistics::{COUNTS_MAX, Count, Distinct, Health, Statistics, statistics};
pub use tail::{TAIL_EVENTS_MAX, Tail, after, last_seq};

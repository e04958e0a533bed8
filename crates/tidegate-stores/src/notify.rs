//! Telling people and programs: who is told, what, when, and what became of it.
//!
//! Whoever changes an alert calls [`announce`] in the same transaction: the messages that follow are in the outbox when,
//! and only when, the change is committed. A dispatcher then asks when something is due, claims it, delivers it, and says
//! how it went:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use tidegate::Database;
//! use tidegate_stores::notify::{self, Routes, Target, TargetKind};
//! use tidegate_stores::{JsonText, Timestamp, schema};
//!
//! let db = Database::open_in_memory().await?;
//! db.migrate(&schema::migrations()).await?;
//!
//! let now = Timestamp::parse("2026-03-01T12:00:00Z")?;
//! let settings = JsonText::parse("settings", r#"{"url": "env:ONCALL_URL"}"#)?;
//! let delivery = db
//!     .write(move |tx| {
//!         let target = Target::new("oncall", TargetKind::Webhook, settings);
//!         notify::set_targets(tx, now, "file", vec![target])?;
//!         notify::set_routes(tx, now, &Routes::new(Vec::new(), ["oncall"]))?;
//!         notify::test_message(tx, now, "oncall")?;
//!         let claimed = notify::claim(tx, now, "oncall", 10, Duration::from_secs(60))?;
//!         Ok(claimed.into_iter().next())
//!     })
//!     .await?
//!     .expect("the test is due at once");
//! assert_eq!(notify::subject(&delivery), "[TEST] [info] TidegateTest");
//!
//! let receipt = delivery.receipt();
//! db.write(move |tx| Ok(notify::sent(tx, now, receipt, Duration::from_millis(80))?)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Groups
//! A [`Route`] takes alerts and groups them by labels; each group goes to each of the route's targets by itself. The first
//! message waits for others ([`group_wait`](Route::group_wait)); later ones tell of changes, no sooner than
//! [`group_interval`](Route::group_interval) after the one before; and what lasts is repeated after
//! [`repeat_interval`](Route::repeat_interval). There is one open message of a group and target at most. What it tells is
//! found out when it is claimed: all alerts of the group that fire, and those that are over since the target was told.
//!
//! # What is promised
//! - What was announced and is not muted is told to every target that is to know of it, or it ends before, or it is muted
//!   before; in the last two cases the ledger shows a cancelled message.
//! - A message is delivered at least once. What was acknowledged with [`sent`] is not told again before it is to be
//!   repeated, whatever happens to the process.
//! - A message that cannot be delivered is given up after [`ATTEMPTS_MAX`] attempts. The ledger shows it, and its group gets
//!   another one.
//! - An announcement costs the same however large its group is.

mod announcement;
mod claim;
mod content;
mod delivery;
mod due;
mod entry;
mod flow;
mod in_json;
mod ledger;
mod membership;
mod message;
mod named;
mod operate;
mod outbox;
mod outcome;
mod pace;
mod plain;
mod reroute;
mod retention;
mod route;
mod routing;
pub(crate) mod schema;
mod secrets;
mod set_routes;
mod set_targets;
mod severity;
mod snapshot;
mod state;
mod statistics;
mod tail;
mod tale;
mod target;
mod target_rows;
mod test_message;
mod text;

pub use announcement::{Announcement, Status, announce};
pub use claim::{CLAIM_MESSAGES_MAX, LEASE_MAX, claim};
pub use delivery::{DELIVERY_ALERTS_MAX, Delivery, Receipt, ToldAlert};
pub use due::{due_targets, next_due};
pub use entry::{Entry, EntryState, LEDGER_FILTER_VALUES_MAX, LedgerFilter, attempts, ledger};
pub use message::{Message, MessageState, Reason, message, outbox};
pub use operate::{cancel, retry_now};
pub use outcome::{ATTEMPTS_MAX, ERROR_BYTES_MAX, RETRY_MAX, Retry, failed, sent};
pub use plain::{plain, plain_within};
pub use reroute::reroute_step;
pub use retention::{retain_step, retention, set_retention};
pub use route::{GROUP_BY_MAX, ROUTE_TARGETS_MAX, ROUTES_MAX, Route, Routes};
pub use set_routes::{routes, set_routes};
pub use set_targets::{TARGETS_MAX, TargetChanges, set_targets};
pub use severity::Severity;
pub use statistics::{TargetStatistics, statistics};
pub use tail::{Tail, after, last_seq};
pub use target::{
    CONCURRENCY_MAX, NAME_BYTES_MAX, RATE_COUNT_MAX, RATE_PERIOD_MAX, RateLimit, TIMEOUT_MAX,
    Target, TargetKind,
};
pub use target_rows::{target, targets};
pub use test_message::{TEST_ALERT, test_message};
pub use text::{BODY_BYTES_MAX, SUBJECT_BYTES_MAX, body, subject};

//! Measurements over time: recording, rolling up, and asking.
//!
//! A **series** is a metric's name with a set of labels; a **sample** is a value of a series at a moment. Samples are kept
//! as they came for a while, and beyond that as **rollups** of a minute and of an hour:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use tidegate::Database;
//! use tidegate_stores::metrics::{self, Sample, Selector, Series};
//! use tidegate_stores::{Labels, Timestamp, Window, schema};
//!
//! let db = Database::open_in_memory().await?;
//! db.migrate(&schema::migrations()).await?;
//!
//! let now = Timestamp::parse("2026-03-01T12:00:00Z")?;
//! let series = Series::new("queue_length", Labels::new([("queue", "mail")])?)?;
//! let samples: Vec<Sample> = (0..10)
//!     .map(|n| Sample::new(series.clone(), f64::from(n), now))
//!     .collect();
//! let recorded = db.write(move |tx| Ok(metrics::record_many(tx, now, &samples)?)).await?;
//! assert_eq!((recorded.stored, recorded.refused.len()), (10, 0));
//!
//! let selector = Selector::parse(r#"queue_length{queue=~"m.*"}"#)?;
//! let window = Window::before(now, Duration::from_secs(60))?;
//! let statistics = db.read(move |tx| Ok(metrics::statistics(tx, &selector, window)?)).await?;
//! assert_eq!(statistics.count, 1); // ten samples of one moment are one: the last
//! # Ok(())
//! # }
//! ```
//!
//! # Recording
//! [`record_many`] stores a batch in one transaction. Two samples of one series and one moment are one: the last to come
//! wins. A value that is not finite, a moment more than [`FUTURE_MAX`] ahead, or one that retention has passed is refused:
//! that sample alone, with its [`Refusal`], which is also counted for ever ([`refusals`]).
//!
//! # Rollups and retention
//! [`rollup_step`] and [`retain_step`] do a bounded piece of work each, so that other writers wait for milliseconds. Call
//! them now and then, as often as they say that more is to be done. A sample that comes late, after its minute was rolled
//! up, is taken into the rollups by one of the next steps.
//!
//! # Asking
//! [`statistics`] describes a window, [`evaluate`] gives the one number for each series that a rule needs, [`range`] gives
//! the points of a chart. Each takes raw samples as far back as there are any, minutes before that, hours before those,
//! and says what it took.

mod aggregate;
mod catalog;
mod describe;
mod evaluate;
mod expired_series;
mod find;
mod intern;
mod parts;
pub mod prometheus_text;
mod quantiles;
mod range;
mod record;
mod refusals;
mod retention;
mod rollup;
mod rollup_row;
mod sample;
mod scan;
pub(crate) mod schema;
mod selector;
mod series;
mod sketch;
mod slots;
mod state;
mod statistics;
mod summary;
mod units;

pub use aggregate::Aggregate;
pub use catalog::{SeriesInfo, label_names, label_values, metric_names, series};
pub use describe::{
    DESCRIPTIONS_MAX, Description, HELP_BYTES_MAX, MetricKind, describe, descriptions,
};
pub use evaluate::{Evaluated, QUERIES_MAX, Query, evaluate};
pub use parts::Resolution;
pub use quantiles::EXACT_VALUES_MAX;
pub use range::{
    Line, Point, RANGE_POINTS_MAX, RANGE_SERIES_MAX, RANGE_STEP_MIN, RANGE_TOTAL_POINTS_MAX, Range,
    range,
};
pub use record::{record, record_many};
pub use refusals::{RefusalCount, refusals};
pub use retention::{KEEP_SAMPLES_MIN, Retention, retain_step, retention, set_retention};
pub use rollup::rollup_step;
pub use sample::{BATCH_SAMPLES_MAX, FUTURE_MAX, Recorded, Refusal, Refused, SERIES_MAX, Sample};
pub use selector::Selector;
pub use series::{METRIC_NAME_BYTES_MAX, Series};
pub use sketch::PERCENTILE_RELATIVE_ERROR;
pub use statistics::{Statistics, ValueStatistics, statistics};

//! The topics of the live tail: a topic is a file, and a line here.

mod events;

use serde_json::value::RawValue;
use tidegate::ReadTx;
use tidegate_stores::{Result, Timestamp};

/// Every topic.
pub(crate) const TOPICS: &[Topic] = &[events::TOPIC];

/// Something that grows and can be followed by number.
#[derive(Debug)]
pub(crate) struct Topic {
    /// Its name, which messages carry.
    pub(crate) name: &'static str,
    /// The name of the worker that watches it.
    pub(crate) worker: &'static str,
    /// What reading it is measured under.
    pub(crate) operation: &'static str,
    /// A query for the latest number; it is run again whenever a table that it reads has changed.
    pub(crate) head_sql: &'static str,
    /// What comes after a number, so many at most.
    ///
    /// A number that was not given out yet is a [`Conflict`](tidegate_stores::ErrorKind::Conflict) that found the latest.
    pub(crate) after: fn(&mut ReadTx<'_>, u64, usize) -> Result<Batch>,
}

/// What comes after a number.
#[derive(Debug)]
pub(crate) struct Batch {
    /// In order.
    pub(crate) items: Vec<Item>,
    /// How many were removed before they were read.
    pub(crate) missed: u64,
    /// The number to go on after.
    pub(crate) next: u64,
    /// Whether there are more already.
    pub(crate) more: bool,
}

/// One thing that is new.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its number within the topic.
    pub(crate) seq: u64,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// What it is, as JSON.
    pub(crate) data: Box<RawValue>,
}

//! The particulars an error can carry besides its kind and message.

use std::time::Duration;

/// A column whose value does not fit the type that was asked for. The value itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversion {
    /// The column's position, counted from zero; `None` where the row as a whole does not fit.
    pub index: Option<usize>,
    /// The column's name, or the parameter's.
    pub name: Option<String>,
    /// What the target type takes.
    pub expected: String,
    /// What was found: a storage class of SQLite such as `TEXT`, or the shape of the row.
    pub found: String,
}

/// How a call that was stopped had spent its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// From the call until it began to run.
    pub waited: Duration,
    /// From then until it was stopped; zero if it never ran.
    pub ran: Duration,
}

/// Whether the work of a failed call is in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Committed {
    /// It is not, and never will be.
    #[default]
    No,
    /// The commit was already under way: it may be there. Look before doing it again.
    Unknown,
}

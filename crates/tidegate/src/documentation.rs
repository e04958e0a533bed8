//! The guides of `docs/`, as pages beside the API; their examples are tests.
//!
//! Each page names its neighbours in definitions of its own. A definition that comes first wins, so these lead to the
//! pages here.

/// Using the driver, from the first query to the backup.
///
/// [concurrency]: crate::_concurrency
/// [internals]: crate::_internals
/// [tracing]: crate::_tracing
///
#[doc = include_str!("../docs/guide.md")]
pub mod _guide {}

/// What may be relied on when many tasks use one database, and what a dropped future leaves behind.
///
/// [guide]: crate::_guide
/// [internals]: crate::_internals
///
#[doc = include_str!("../docs/concurrency.md")]
pub mod _concurrency {}

/// How the driver is built, and why so.
///
/// [concurrency]: crate::_concurrency
/// [guide]: crate::_guide
///
#[doc = include_str!("../docs/internals.md")]
pub mod _internals {}

/// The spans and events of the driver.
///
#[doc = include_str!("../docs/tracing.md")]
pub mod _tracing {}

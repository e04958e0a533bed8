//! The classes of operations: how long each may take, and how long it should.

use std::time::Duration;

/// The class of a route or a call of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Looking up who calls.
    Auth,
    /// One look or one change.
    Table,
    /// Many at once, or figures over many.
    Batch,
    /// A connection that is kept: it has no deadline, only its beginning is measured.
    Live,
    /// What the server does by itself.
    Background,
}

impl Class {
    /// Every class.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Auth,
        Self::Table,
        Self::Batch,
        Self::Live,
        Self::Background,
    ];

    /// Its name in reports and metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Table => "table",
            Self::Batch => "batch",
            Self::Live => "live",
            Self::Background => "background",
        }
    }

    /// How long an operation may take, unless the request says otherwise.
    pub(crate) const fn deadline(self) -> Duration {
        match self {
            Self::Auth => Duration::from_secs(1),
            Self::Table | Self::Live => Duration::from_secs(2),
            Self::Batch => Duration::from_secs(5),
            Self::Background => Duration::from_secs(30),
        }
    }

    /// How long an operation should take: what counts as under or over target.
    pub(crate) const fn target(self) -> Duration {
        match self {
            Self::Auth => Duration::from_millis(50),
            Self::Table | Self::Live => Duration::from_millis(75),
            Self::Batch | Self::Background => Duration::from_millis(100),
        }
    }
}

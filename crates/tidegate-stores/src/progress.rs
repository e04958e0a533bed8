//! What a bounded step of a longer work has done.

/// What a step of rolling up or of removing has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The rows that were read and folded, or removed.
    pub rows: u64,
    /// Whether there is more to do now.
    pub more: bool,
}

impl Progress {
    pub(crate) fn of(rows: usize, more: bool) -> Self {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        Self { rows, more }
    }
}

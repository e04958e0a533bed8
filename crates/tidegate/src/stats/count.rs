//! The plain counters that a connection's thread keeps.

/// Something that is only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    GroupCommits,
    JobsCommitted,
    BusyRetries,
    Replays,
    RowsRead,
    RowsChanged,
    StatementHits,
    StatementMisses,
    Checkpoints,
    CheckpointsBusy,
}

impl Count {
    pub(super) const ALL: [Self; 10] = [
        Self::GroupCommits,
        Self::JobsCommitted,
        Self::BusyRetries,
        Self::Replays,
        Self::RowsRead,
        Self::RowsChanged,
        Self::StatementHits,
        Self::StatementMisses,
        Self::Checkpoints,
        Self::CheckpointsBusy,
    ];
}

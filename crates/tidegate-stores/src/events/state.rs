//! The one row that says how far the log goes, and what is kept of it.

use serde::Deserialize;
use tidegate::ReadTx;

use crate::error::Result;

/// See the table `tg_event_state`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct State {
    pub(super) last_seq: u64,
    pub(super) removed_seq: u64,
    pub(super) bytes: u64,
    pub(super) keep_age: i64,
    pub(super) keep_events: u64,
    pub(super) keep_bytes: u64,
}

impl State {
    pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Self> {
        Ok(tx.query_one("SELECT * FROM tg_event_state", ())?)
    }

    /// How many events there are.
    pub(super) fn events(&self) -> u64 {
        self.last_seq.saturating_sub(self.removed_seq)
    }
}

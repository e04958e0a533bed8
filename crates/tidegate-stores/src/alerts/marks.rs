//! The one row of numbers that go on, and of settings.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use crate::error::Result;

/// See the table `tg_alert_state`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Marks {
    pub(super) last_seq: u64,
    pub(super) dropped: u64,
    pub(super) keep_resolved: i64,
    pub(super) resolve_timeout: i64,
    pub(super) rate_occurrences: usize,
    pub(super) rate_window: i64,
}

impl Marks {
    pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Self> {
        Ok(tx.query_one("SELECT * FROM tg_alert_state", ())?)
    }
}

/// Takes so many numbers for transitions, and gives the last that was taken before.
pub(super) fn take_seqs(tx: &mut Tx<'_>, count: usize) -> Result<u64> {
    let last = Marks::load(tx)?.last_seq;
    tx.execute(
        "UPDATE tg_alert_state SET last_seq = last_seq + ?",
        (count,),
    )?;
    Ok(last)
}

/// Takes the next revision of rules.
pub(super) fn take_revision(tx: &mut Tx<'_>) -> Result<u64> {
    tx.execute(
        "UPDATE tg_alert_state SET last_revision = last_revision + 1",
        (),
    )?;
    Ok(tx.query_scalar("SELECT last_revision FROM tg_alert_state", ())?)
}

/// Counts one occurrence that was dropped.
pub(super) fn count_dropped(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute("UPDATE tg_alert_state SET dropped = dropped + 1", ())?;
    Ok(())
}

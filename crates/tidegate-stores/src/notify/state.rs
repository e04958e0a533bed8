//! The one row that counts versions of the routes and changes of the ledger.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use crate::error::Result;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// See the table `tg_notify_state`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct State {
    pub(super) routing: i64,
    pub(super) routing_mark: Id,
    pub(super) last_seq: u64,
    pub(super) removed_seq: u64,
    pub(super) keep_age: i64,
}

impl State {
    pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Self> {
        Ok(tx.query_one("SELECT * FROM tg_notify_state", ())?)
    }
}

/// Says that targets or routes are others than before.
pub(super) fn routing_changed(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    let sql = "UPDATE tg_notify_state SET routing = routing + 1, routing_mark = ?";
    tx.execute(sql, (Id::new(now),))?;
    Ok(())
}

/// The number of the next change of the ledger. A transaction that is rolled back uses none.
pub(super) fn next_seq(tx: &mut Tx<'_>) -> Result<u64> {
    tx.execute("UPDATE tg_notify_state SET last_seq = last_seq + 1", ())?;
    Ok(tx.query_scalar("SELECT last_seq FROM tg_notify_state", ())?)
}

//! Looking anew at who is told of what is active, a bounded piece at a time.

use tidegate::{ReadTx, Tx};

use super::muting::Muting;
use super::record::Record;
use super::writer::Writer;
use crate::error::Result;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// How many alerts are looked at within the call that makes it necessary; the rest is left to the steps.
const FIRST_PIECE: usize = 1_000;

/// Begins anew with the first active alert, and does the first piece.
pub(super) fn begin_remute(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    set_place(tx, Some(Vec::new()))?;
    remute(tx, now, FIRST_PIECE).map(drop)
}

/// Looks at the next active alerts, `limit` at most; says how many there were, fewer than `limit` at the end.
pub(super) fn remute(tx: &mut Tx<'_>, now: Timestamp, limit: usize) -> Result<usize> {
    let Some(after) = place(tx)? else {
        return Ok(0);
    };
    let sql = "SELECT * FROM tg_alert WHERE resolved_at IS NULL AND id > ? ORDER BY id LIMIT ?";
    let records: Vec<Record> = tx.query(sql, (&after[..], limit))?;
    let looked_at = records.len();
    let last: Option<Id> = records.last().map(|record| record.id);
    let mut muting = Muting::load(tx)?;
    let mut writer = Writer::begin(now);
    for record in records {
        writer.remute(tx, &mut muting, record)?;
    }
    writer.finish(tx)?;
    let rest = last.filter(|_| looked_at == limit);
    set_place(tx, rest.map(|id| id.as_bytes().to_vec()))?;
    Ok(looked_at)
}

/// After which alert it goes on; `None` if nothing is left to look at.
fn place(tx: &mut ReadTx<'_>) -> Result<Option<Vec<u8>>> {
    Ok(tx.query_scalar("SELECT mute_after FROM tg_alert_state", ())?)
}

fn set_place(tx: &mut Tx<'_>, place: Option<Vec<u8>>) -> Result<()> {
    tx.execute("UPDATE tg_alert_state SET mute_after = ?", (place,))?;
    Ok(())
}

//! What becomes of notifications as a topic.

use serde_json::value::to_raw_value;
use tidegate::ReadTx;
use tidegate_stores::Result;
use tidegate_stores::notify::{self, Entry};

use super::{Batch, Item, Topic};
use crate::wire::WireNotification;

pub(super) const TOPIC: Topic = Topic {
    name: "notifications",
    worker: "live.notifications",
    operation: "live.notifications",
    head_sql: "SELECT last_seq FROM tg_notify_state",
    after,
};

fn after(tx: &mut ReadTx<'_>, seq: u64, limit: usize) -> Result<Batch> {
    let tail = notify::after(tx, seq, limit)?;
    let mut items = Vec::new();
    for entry in tail.entries {
        items.push(item(tx, &entry)?);
    }
    Ok(Batch {
        items,
        missed: tail.missed,
        next: tail.next,
        more: tail.more,
    })
}

/// The message as it stands now: an entry that is in the ledger has one.
fn item(tx: &mut ReadTx<'_>, entry: &Entry) -> Result<Item> {
    let message = notify::message(tx, entry.message)?;
    let notification = WireNotification::load(tx, message)?;
    let data = to_raw_value(&notification).expect("invariant: a notification has a JSON form");
    let at = entry.finished_at.unwrap_or(entry.at);
    Ok(Item {
        seq: entry.seq,
        at,
        data,
    })
}

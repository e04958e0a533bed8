//! The log of events as a topic.

use serde_json::value::to_raw_value;
use tidegate::ReadTx;
use tidegate_stores::Result;
use tidegate_stores::events::{self, Event, Filter};

use super::{Batch, Item, Topic};
use crate::wire::WireEvent;

pub(super) const TOPIC: Topic = Topic {
    name: "events",
    worker: "live.events",
    operation: "live.events",
    head_sql: "SELECT last_seq FROM tg_event_state",
    after,
};

fn after(tx: &mut ReadTx<'_>, seq: u64, limit: usize) -> Result<Batch> {
    let tail = events::after(tx, seq, &Filter::default(), limit)?;
    Ok(Batch {
        items: tail.events.into_iter().map(item).collect(),
        missed: tail.missed,
        next: tail.next,
        more: tail.more,
    })
}

fn item(event: Event) -> Item {
    let (seq, at) = (event.seq, event.at);
    let data = to_raw_value(&WireEvent::from(event));
    let data = data.expect("invariant: an event has a JSON form");
    Item { seq, at, data }
}

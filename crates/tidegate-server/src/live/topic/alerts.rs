//! What happens to alerts as a topic.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::to_raw_value;
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, Transition};
use tidegate_stores::{ErrorKind, Id, Result};

use super::{Batch, Item, Topic};
use crate::wire::{WireAlert, WireTransition};

pub(super) const TOPIC: Topic = Topic {
    name: "alerts",
    worker: "live.alerts",
    operation: "live.alerts",
    head_sql: "SELECT last_seq FROM tg_alert_state",
    after,
};

/// The alert as it stands now, with what happened to it.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    alert: &'a WireAlert,
    transition: WireTransition,
}

fn after(tx: &mut ReadTx<'_>, seq: u64, limit: usize) -> Result<Batch> {
    let tail = alerts::transitions_after(tx, seq, limit)?;
    let known = alerts_of(tx, &tail.transitions)?;
    let told = tail.transitions.into_iter();
    Ok(Batch {
        items: told.filter_map(|one| item(&known, one)).collect(),
        missed: tail.missed,
        next: tail.next,
        more: tail.more,
    })
}

/// The alerts that something happened to. One that was removed meanwhile is not among them.
fn alerts_of(tx: &mut ReadTx<'_>, told: &[Transition]) -> Result<HashMap<Id, WireAlert>> {
    let mut known = HashMap::new();
    for transition in told {
        if known.contains_key(&transition.alert) {
            continue;
        }
        match alerts::get(tx, transition.alert) {
            Ok(alert) => known.insert(transition.alert, WireAlert::load(tx, alert)?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
    }
    Ok(known)
}

fn item(known: &HashMap<Id, WireAlert>, transition: Transition) -> Option<Item> {
    let alert = known.get(&transition.alert)?;
    let (seq, at) = (transition.seq, transition.at);
    let told = Told {
        alert,
        transition: transition.into(),
    };
    let data = to_raw_value(&told).expect("invariant: an alert has a JSON form");
    Some(Item { seq, at, data })
}

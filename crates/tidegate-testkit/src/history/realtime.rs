//! Adds real time to the graph: what was answered before another transaction began precedes it.

use super::graph::{Graph, Reason};
use super::index::Index;
use super::{Level, Outcome, Transaction};

/// Adds the real-time edges a level asks for.
///
/// Only edges that do not follow from others are added, so their number grows with the number of
/// transactions times how many ran at once.
pub(super) fn add(graph: &mut Graph, index: &Index<'_>, level: Level) {
    let transactions = &index.history.transactions;
    // Answered transactions that precede no other answered one.
    let mut frontier: Vec<usize> = Vec::new();
    for event in events(index, level) {
        match event {
            Event {
                begins: true, id, ..
            } => {
                for before in &frontier {
                    graph.add(*before, id, Reason::RealTime);
                }
            }
            Event { id, .. } => {
                let start = transactions[id].start;
                frontier.retain(|before| transactions[*before].end >= start);
                frontier.push(id);
            }
        }
    }
}

/// A transaction's beginning or its answer.
struct Event {
    at: u64,
    begins: bool,
    id: usize,
}

fn events(index: &Index<'_>, level: Level) -> Vec<Event> {
    let mut events = Vec::new();
    for (id, transaction) in index.history.transactions.iter().enumerate() {
        if !index.took_effect(id) || !bound_by_time(transaction, level) {
            continue;
        }
        events.push(Event {
            at: transaction.start,
            begins: true,
            id,
        });
        if transaction.outcome == Outcome::Committed {
            events.push(Event {
                at: transaction.end,
                begins: false,
                id,
            });
        }
    }
    // At equal times beginnings come first: simultaneous is not "after".
    events.sort_unstable_by_key(|event| (event.at, !event.begins));
    events
}

fn bound_by_time(transaction: &Transaction, level: Level) -> bool {
    match level {
        Level::Serializable => false,
        Level::StrictWrites => !transaction.read_only,
        Level::StrictSerializable => true,
    }
}

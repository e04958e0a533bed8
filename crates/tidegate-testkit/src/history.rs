//! A list-append history checker: records what concurrent transactions did and saw, finds what no
//! serial execution explains.
//!
//! Every transaction appends unique values to lists named by keys and reads whole lists. Since a
//! list shows the order of its appends, the dependencies between transactions follow from the
//! reads alone, and a cycle among them is a proof of an anomaly (the method of the Elle checker).

use std::collections::BTreeMap;

mod anomaly;
mod cycles;
mod graph;
mod index;
mod realtime;
mod recorder;
#[cfg(test)]
mod tests;

pub use anomaly::{Anomaly, AnomalyKind, CycleKind};
pub use recorder::{Recorder, Recording};

/// Name of a list.
pub type Key = u64;

/// An appended value; unique among all appends to its key.
pub type Value = u64;

/// What a number of concurrent transactions did and saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The transactions, in any order.
    pub transactions: Vec<Transaction>,
    /// Every list as it was after all transactions had ended; a missing key is an empty list.
    /// With it, an append that was acknowledged and is gone can be told from one nobody read.
    pub final_state: Option<BTreeMap<Key, Vec<Value>>>,
}

/// One transaction of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The client that ran it; used in explanations only.
    pub process: u64,
    /// When the call was made, in nanoseconds since the history began.
    pub start: u64,
    /// When its answer arrived, on the same scale. Not used where the outcome is unknown.
    pub end: u64,
    /// What the answer said.
    pub outcome: Outcome,
    /// Whether it is a read-only snapshot, which [`Level::StrictWrites`] allows to be of the past.
    pub read_only: bool,
    /// What it did, in order.
    pub ops: Vec<Op>,
}

/// One step of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Appended a value to a list.
    Append {
        /// The list.
        key: Key,
        /// The value.
        value: Value,
    },
    /// Read a whole list.
    Read {
        /// The list.
        key: Key,
        /// Its values, oldest first.
        list: Vec<Value>,
    },
}

/// What the client was told about a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was acknowledged: all of it must be there.
    Committed,
    /// It failed: nothing of it may ever be seen.
    Aborted,
    /// No answer came (its future was dropped, the process was killed): all of it or nothing.
    Unknown,
}

/// What a history is held to. Each level includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Some serial order explains everything that was seen, whatever the clocks say.
    Serializable,
    /// That order also agrees with real time among the transactions that are not read-only
    /// snapshots; a snapshot may be of any past state.
    StrictWrites,
    /// That order also agrees with real time everywhere: whatever began after an answer had
    /// arrived sees the effects of the answered transaction.
    StrictSerializable,
}

/// Finds the anomalies of a history at a level; an empty list means that none was found.
///
/// Faults of single values are reported once per value. Among transactions that depend on each
/// other in a circle, the gravest shortest cycle found is reported, one for each such knot.
/// Reads of transactions that were not acknowledged prove nothing and are not looked at.
pub fn check(history: &History, level: Level) -> Vec<Anomaly> {
    let index = index::Index::new(history);
    let mut anomalies = index.anomalies();
    let mut graph = graph::Graph::of(&index);
    realtime::add(&mut graph, &index, level);
    anomalies.extend(
        cycles::find(&graph)
            .into_iter()
            .map(|cycle| cycle.explain(history)),
    );
    anomalies
}

/// Panics with every anomaly of the history explained, if it has any.
///
/// # Panics
/// When [`check`] finds an anomaly.
#[track_caller]
pub fn assert_clean(history: &History, level: Level) {
    let anomalies = check(history, level);
    let texts: Vec<String> = anomalies.iter().map(Anomaly::to_string).collect();
    assert!(
        texts.is_empty(),
        "{} anomalies at {level:?}:\n{}",
        texts.len(),
        texts.join("\n")
    );
}

impl Transaction {
    /// Values it appended, with their keys, in order.
    fn appends(&self) -> impl Iterator<Item = (Key, Value)> + '_ {
        self.ops.iter().filter_map(|op| match op {
            Op::Append { key, value } => Some((*key, *value)),
            Op::Read { .. } => None,
        })
    }
}

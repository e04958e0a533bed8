//! Who appended what, in which order the lists grew, and the anomalies single values show.

use super::{Anomaly, AnomalyKind, History, Key, Op, Outcome, Transaction, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

/// Lookups into a history that all checks share.
pub(super) struct Index<'h> {
    pub(super) history: &'h History,
    /// The transaction that appended each value.
    pub(super) writers: HashMap<(Key, Value), usize>,
    /// The last value each transaction appended to each key.
    last_appends: HashMap<(Key, usize), Value>,
    /// Lists of the acknowledged transactions and of the final state.
    pub(super) reads: Vec<Read<'h>>,
    /// The longest list read of each key.
    pub(super) orders: BTreeMap<Key, &'h [Value]>,
    /// Every value that some read shows.
    pub(super) observed: HashSet<(Key, Value)>,
}

/// One list as somebody saw it.
pub(super) struct Read<'h> {
    pub(super) reader: Reader,
    pub(super) key: Key,
    pub(super) list: &'h [Value],
    /// How many of its last values are the reader's own appends.
    pub(super) own: usize,
}

/// Who saw a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Transaction(usize),
    FinalState,
}

impl<'h> Index<'h> {
    pub(super) fn new(history: &'h History) -> Self {
        let mut index = Index {
            history,
            writers: HashMap::new(),
            last_appends: HashMap::new(),
            reads: Vec::new(),
            orders: BTreeMap::new(),
            observed: HashSet::new(),
        };
        for (id, transaction) in history.transactions.iter().enumerate() {
            index.add_appends(id, transaction);
        }
        index.collect_reads();
        index.derive_orders();
        index
    }

    /// Whether a transaction took effect: acknowledged, or without an answer and yet seen.
    pub(super) fn took_effect(&self, id: usize) -> bool {
        let transaction = &self.history.transactions[id];
        match transaction.outcome {
            Outcome::Committed => true,
            Outcome::Aborted => false,
            Outcome::Unknown => transaction
                .appends()
                .any(|seen| self.observed.contains(&seen)),
        }
    }

    /// Anomalies that need no look at dependencies.
    pub(super) fn anomalies(&self) -> Vec<Anomaly> {
        let mut found = self.malformed();
        for (id, transaction) in self.history.transactions.iter().enumerate() {
            if transaction.outcome == Outcome::Committed {
                found.extend(self.internal(id, transaction));
            }
        }
        self.check_values(&mut found);
        self.check_orders(&mut found);
        self.check_final_state(&mut found);
        found
    }

    fn add_appends(&mut self, id: usize, transaction: &Transaction) {
        for (key, value) in transaction.appends() {
            self.writers.entry((key, value)).or_insert(id);
            self.last_appends.insert((key, id), value);
        }
    }

    fn collect_reads(&mut self) {
        for (id, transaction) in self.history.transactions.iter().enumerate() {
            if transaction.outcome == Outcome::Committed {
                self.reads.extend(reads_of(id, transaction));
            }
        }
        for (key, list) in self.history.final_state.iter().flatten() {
            self.reads.push(Read {
                reader: Reader::FinalState,
                key: *key,
                list,
                own: 0,
            });
        }
    }

    fn derive_orders(&mut self) {
        for read in &self.reads {
            self.observed
                .extend(read.list.iter().map(|value| (read.key, *value)));
            let order = self.orders.entry(read.key).or_default();
            if read.list.len() > order.len() {
                *order = read.list;
            }
        }
    }

    fn malformed(&self) -> Vec<Anomaly> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for (id, transaction) in self.history.transactions.iter().enumerate() {
            for (key, value) in transaction.appends() {
                if transaction.read_only || !seen.insert((key, value)) {
                    let why = if transaction.read_only {
                        "though read-only"
                    } else {
                        "again"
                    };
                    let explanation = format!("T{id} appended {value} to key {key} {why}");
                    found.push(Anomaly {
                        kind: AnomalyKind::Malformed,
                        transactions: vec![id],
                        explanation,
                    });
                }
            }
        }
        found
    }

    /// A transaction's reads against its own appends and its own earlier reads.
    fn internal(&self, id: usize, transaction: &Transaction) -> Option<Anomaly> {
        let mut before: HashMap<Key, &[Value]> = HashMap::new();
        let mut own: HashMap<Key, Vec<Value>> = HashMap::new();
        for op in &transaction.ops {
            let (key, list) = match op {
                Op::Append { key, value } => {
                    own.entry(*key).or_default().push(*value);
                    continue;
                }
                Op::Read { key, list } => (*key, list),
            };
            let appended = own.get(&key).map_or(&[][..], Vec::as_slice);
            let others = list.strip_suffix(appended);
            let expected = *before.entry(key).or_insert(others.unwrap_or(list));
            let foreign = |value: &Value| self.writers.get(&(key, *value)) != Some(&id);
            if others != Some(expected) || !expected.iter().all(foreign) {
                let explanation = format!(
                    "T{id} read key {key} as {list:?}, with own appends {appended:?} after {expected:?}"
                );
                let transactions = vec![id];
                return Some(Anomaly {
                    kind: AnomalyKind::Internal,
                    transactions,
                    explanation,
                });
            }
        }
        None
    }

    fn check_values(&self, found: &mut Vec<Anomaly>) {
        let mut reported = HashSet::new();
        for read in &self.reads {
            let mut seen = HashSet::new();
            for (at, value) in read.list.iter().enumerate() {
                let last = at + 1 + read.own == read.list.len();
                let Some(kind) = self.fault_of(read, *value, last, seen.insert(*value)) else {
                    continue;
                };
                if reported.insert((kind, read.key, *value)) {
                    found.push(self.explain_value(kind, read, *value));
                }
            }
        }
    }

    fn fault_of(
        &self,
        read: &Read<'_>,
        value: Value,
        last: bool,
        new: bool,
    ) -> Option<AnomalyKind> {
        let Some(writer) = self.writers.get(&(read.key, value)) else {
            return Some(AnomalyKind::GarbageRead);
        };
        if !new {
            return Some(AnomalyKind::DuplicateElement);
        }
        if read.reader == Reader::Transaction(*writer) {
            return None;
        }
        if self.history.transactions[*writer].outcome == Outcome::Aborted {
            return Some(AnomalyKind::AbortedRead);
        }
        let complete = self.last_appends.get(&(read.key, *writer)) == Some(&value);
        (last && !complete).then_some(AnomalyKind::IntermediateRead)
    }

    fn explain_value(&self, kind: AnomalyKind, read: &Read<'_>, value: Value) -> Anomaly {
        let writer = self.writers.get(&(read.key, value)).copied();
        let by = writer.map_or("nobody".into(), |id| format!("T{id}"));
        let explanation = format!(
            "{} shows {value} in key {}, appended by {by}",
            read.reader, read.key
        );
        let transactions = writer.into_iter().chain(read.reader.id()).collect();
        Anomaly {
            kind,
            transactions,
            explanation,
        }
    }

    fn check_orders(&self, found: &mut Vec<Anomaly>) {
        let mut reported = HashSet::new();
        for read in &self.reads {
            let order = self.orders[&read.key];
            if !order.starts_with(read.list) && reported.insert(read.key) {
                let explanation = format!(
                    "{} shows key {} as {:?}, which is no prefix of {order:?} read elsewhere",
                    read.reader, read.key, read.list
                );
                let transactions = read.reader.id().into_iter().collect();
                found.push(Anomaly {
                    kind: AnomalyKind::IncompatibleOrder,
                    transactions,
                    explanation,
                });
            }
        }
    }

    fn check_final_state(&self, found: &mut Vec<Anomaly>) {
        let Some(state) = &self.history.final_state else {
            return;
        };
        let kept: HashSet<(Key, Value)> = state
            .iter()
            .flat_map(|(key, list)| list.iter().map(|value| (*key, *value)))
            .collect();
        for (id, transaction) in self.history.transactions.iter().enumerate() {
            if !self.took_effect(id) {
                continue;
            }
            for (key, value) in transaction
                .appends()
                .filter(|append| !kept.contains(append))
            {
                let explanation = format!(
                    "T{id} ({:?}) appended {value} to key {key}; the final state lacks it",
                    transaction.outcome
                );
                found.push(Anomaly {
                    kind: AnomalyKind::LostAppend,
                    transactions: vec![id],
                    explanation,
                });
            }
        }
    }
}

/// The reads of a transaction, each with the number of own appends at its end.
fn reads_of(id: usize, transaction: &Transaction) -> Vec<Read<'_>> {
    let mut own: HashMap<Key, Vec<Value>> = HashMap::new();
    let mut reads = Vec::new();
    for op in &transaction.ops {
        match op {
            Op::Append { key, value } => own.entry(*key).or_default().push(*value),
            Op::Read { key, list } => {
                let appended = own.get(key).map_or(&[][..], Vec::as_slice);
                let own = if list.ends_with(appended) {
                    appended.len()
                } else {
                    0
                };
                reads.push(Read {
                    reader: Reader::Transaction(id),
                    key: *key,
                    list,
                    own,
                });
            }
        }
    }
    reads
}

impl Reader {
    fn id(self) -> Option<usize> {
        match self {
            Reader::Transaction(id) => Some(id),
            Reader::FinalState => None,
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reader::Transaction(id) => write!(f, "T{id}"),
            Reader::FinalState => f.write_str("the final state"),
        }
    }
}

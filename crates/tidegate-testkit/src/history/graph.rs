//! The graph of what each transaction depends on, as the reads prove it.

use super::index::{Index, Read, Reader};
use super::{Key, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Dependencies between transactions, as edges to those that come later in every serial order.
pub(super) struct Graph {
    /// Edges by the transaction they leave.
    pub(super) edges: Vec<Vec<Edge>>,
}

/// "`from` comes before `to`", and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) reason: Reason,
}

/// Why one transaction comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// ww: both appended to a list, in this order.
    Append { key: Key, value: Value },
    /// wr: the later one read what the earlier one appended.
    Read { key: Key, value: Value },
    /// rw: the earlier one read a list without what the later one appended.
    Missed { key: Key, value: Value },
    /// The earlier one had been answered before the later one began.
    RealTime,
}

impl Graph {
    /// The dependencies that the lists of a history prove.
    pub(super) fn of(index: &Index<'_>) -> Self {
        let edges = vec![Vec::new(); index.history.transactions.len()];
        let mut graph = Graph { edges };
        let chains = chains(index);
        for (key, chain) in &chains {
            graph.add_appends(*key, chain);
        }
        for read in &index.reads {
            if let (Reader::Transaction(reader), Some(chain)) = (read.reader, chains.get(&read.key))
            {
                graph.add_read(index, reader, read, chain);
            }
        }
        graph
    }

    /// Adds an edge, unless it leads from a transaction to itself.
    pub(super) fn add(&mut self, from: usize, to: usize, reason: Reason) {
        if from != to {
            self.edges[from].push(Edge { from, to, reason });
        }
    }

    fn add_appends(&mut self, key: Key, chain: &Chain) {
        for pair in chain.seen.windows(2) {
            let reason = Reason::Append {
                key,
                value: pair[1].value,
            };
            self.add(pair[0].writer, pair[1].writer, reason);
        }
        let Some(last) = chain.seen.last() else {
            return;
        };
        for link in &chain.unseen {
            self.add(
                last.writer,
                link.writer,
                Reason::Append {
                    key,
                    value: link.value,
                },
            );
        }
    }

    fn add_read(&mut self, index: &Index<'_>, reader: usize, read: &Read<'_>, chain: &Chain) {
        // A list that contradicts the order proves nothing; it has been reported as such.
        if !index.orders[&read.key].starts_with(read.list) {
            return;
        }
        let key = read.key;
        let others = read.list.len() - read.own;
        let next = chain.seen.partition_point(|link| link.position < others);
        if let Some(link) = next.checked_sub(1).map(|at| chain.seen[at]) {
            self.add(
                link.writer,
                reader,
                Reason::Read {
                    key,
                    value: link.value,
                },
            );
        }
        // What comes after the next append is reached through it.
        let missed = match chain.seen.get(next) {
            Some(link) => std::slice::from_ref(link),
            None => &chain.unseen,
        };
        for link in missed {
            self.add(
                reader,
                link.writer,
                Reason::Missed {
                    key,
                    value: link.value,
                },
            );
        }
    }
}

/// The appends to one key that took effect.
#[derive(Default)]
struct Chain {
    /// Those that some read shows, in their order.
    seen: Vec<Link>,
    /// Those that no read shows: they come after all that were seen.
    unseen: Vec<Link>,
}

/// One append of a chain.
#[derive(Clone, Copy)]
struct Link {
    /// Its place in the list.
    position: usize,
    value: Value,
    writer: usize,
}

fn chains(index: &Index<'_>) -> BTreeMap<Key, Chain> {
    let mut chains: BTreeMap<Key, Chain> = BTreeMap::new();
    for (key, order) in &index.orders {
        let links = order.iter().enumerate().filter_map(|(position, value)| {
            let writer = *index.writers.get(&(*key, *value))?;
            index.took_effect(writer).then_some(Link {
                position,
                value: *value,
                writer,
            })
        });
        chains.entry(*key).or_default().seen = links.collect();
    }
    for (writer, transaction) in index.history.transactions.iter().enumerate() {
        if !index.took_effect(writer) {
            continue;
        }
        for (key, value) in transaction
            .appends()
            .filter(|at| !index.observed.contains(at))
        {
            let link = Link {
                position: usize::MAX,
                value,
                writer,
            };
            chains.entry(key).or_default().unseen.push(link);
        }
    }
    chains
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Edge { from, to, reason } = self;
        match reason {
            Reason::Append { key, value } => {
                write!(
                    f,
                    "T{to} appended {value} to key {key} after T{from}'s append"
                )
            }
            Reason::Read { key, value } => {
                write!(f, "T{to} read {value} in key {key}, which T{from} appended")
            }
            Reason::Missed { key, value } => {
                write!(
                    f,
                    "T{from} read key {key} without {value}, which T{to} appended"
                )
            }
            Reason::RealTime => write!(f, "T{from} was answered before T{to} began"),
        }
    }
}

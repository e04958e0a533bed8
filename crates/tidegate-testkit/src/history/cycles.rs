//! Finds circles among dependencies and says how grave they are.

use super::graph::{Edge, Graph, Reason};
use super::{Anomaly, AnomalyKind, CycleKind, History};
use std::collections::{HashMap, VecDeque};
use std::vec;

/// Circles of a knot are searched from this many of its transactions at most.
const STARTS_PER_KNOT: usize = 64;

/// Dependencies that lead from a transaction back to itself.
pub(super) struct Cycle {
    kind: AnomalyKind,
    edges: Vec<Edge>,
}

impl Cycle {
    pub(super) fn explain(&self, history: &History) -> Anomaly {
        let transactions: Vec<usize> = self.edges.iter().map(|edge| edge.from).collect();
        let mut lines: Vec<String> = self.edges.iter().map(|edge| format!("  {edge}")).collect();
        lines.insert(
            0,
            format!("{} transactions in a circle", transactions.len()),
        );
        lines.extend(transactions.iter().map(|id| {
            let it = &history.transactions[*id];
            format!(
                "  T{id} by process {}, {}..{}: {:?}",
                it.process, it.start, it.end, it.ops
            )
        }));
        Anomaly {
            kind: self.kind,
            transactions,
            explanation: lines.join("\n"),
        }
    }
}

/// The gravest cycle of every knot of transactions that depend on each other.
pub(super) fn find(graph: &Graph) -> Vec<Cycle> {
    let everything = |_: Reason| true;
    let nodes: Vec<usize> = (0..graph.edges.len()).collect();
    let knots = knots(
        &Part {
            graph,
            allowed: &everything,
        },
        &nodes,
    );
    knots
        .iter()
        .filter_map(|knot| gravest(graph, knot))
        .collect()
}

/// Edges of a graph whose reasons are allowed.
struct Part<'g> {
    graph: &'g Graph,
    allowed: &'g dyn Fn(Reason) -> bool,
}

impl<'g> Part<'g> {
    fn edges(&self, from: usize) -> impl Iterator<Item = &'g Edge> {
        self.graph.edges[from]
            .iter()
            .filter(|edge| (self.allowed)(edge.reason))
    }
}

fn gravest(graph: &Graph, knot: &[usize]) -> Option<Cycle> {
    let by_dependencies = || classes(graph, knot, false).map(|(k, e)| (AnomalyKind::Cycle(k), e));
    let by_time = || classes(graph, knot, true).map(|(k, e)| (AnomalyKind::RealTimeCycle(k), e));
    let (kind, edges) = by_dependencies().or_else(by_time)?;
    Some(Cycle { kind, edges })
}

/// Looks for each kind of cycle in turn, so that a kind found excludes all graver ones.
fn classes(graph: &Graph, knot: &[usize], time: bool) -> Option<(CycleKind, Vec<Edge>)> {
    let timely = |reason| time && reason == Reason::RealTime;
    let writes = |reason| timely(reason) || matches!(reason, Reason::Append { .. });
    let information = |reason| writes(reason) || matches!(reason, Reason::Read { .. });
    let anything = |reason| information(reason) || matches!(reason, Reason::Missed { .. });
    let part = |allowed| Part { graph, allowed };

    let named = |kind| move |edges| (kind, edges);
    shortest_cycle(&part(&writes), knot)
        .map(named(CycleKind::Writes))
        .or_else(|| shortest_cycle(&part(&information), knot).map(named(CycleKind::Information)))
        .or_else(|| {
            let single = single_missed(&part(&information), knot);
            single.map(named(CycleKind::SingleAntiDependency))
        })
        .or_else(|| shortest_cycle(&part(&anything), knot).map(named(CycleKind::AntiDependencies)))
}

/// A cycle of one read that missed an append and a way back over the part.
fn single_missed(part: &Part<'_>, knot: &[usize]) -> Option<Vec<Edge>> {
    let missed = |edge: &&Edge| matches!(edge.reason, Reason::Missed { .. });
    let first = knot
        .iter()
        .flat_map(|node| part.graph.edges[*node].iter().filter(missed));
    first
        .filter_map(|edge| {
            let mut cycle = vec![*edge];
            cycle.extend(path(part, edge.to, edge.from)?);
            Some(cycle)
        })
        .next()
}

/// A short cycle within the given transactions.
fn shortest_cycle(part: &Part<'_>, nodes: &[usize]) -> Option<Vec<Edge>> {
    let knot = knots(part, nodes).into_iter().min_by_key(Vec::len)?;
    let starts = knot.iter().take(STARTS_PER_KNOT);
    starts
        .filter_map(|node| path(part, *node, *node))
        .min_by_key(Vec::len)
}

/// The shortest way of at least one edge from one transaction to another.
fn path(part: &Part<'_>, from: usize, to: usize) -> Option<Vec<Edge>> {
    let mut arrived_by: HashMap<usize, &Edge> = HashMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(node) = queue.pop_front() {
        for edge in part.edges(node) {
            if arrived_by.contains_key(&edge.to) {
                continue;
            }
            arrived_by.insert(edge.to, edge);
            if edge.to == to {
                return Some(retrace(&arrived_by, from, to));
            }
            queue.push_back(edge.to);
        }
    }
    None
}

fn retrace(arrived_by: &HashMap<usize, &Edge>, from: usize, to: usize) -> Vec<Edge> {
    let mut way = vec![*arrived_by[&to]];
    while way[way.len() - 1].from != from {
        way.push(*arrived_by[&way[way.len() - 1].from]);
    }
    way.reverse();
    way
}

/// The strongly connected components of more than one transaction (Tarjan's algorithm).
fn knots(part: &Part<'_>, nodes: &[usize]) -> Vec<Vec<usize>> {
    let mut search = KnotSearch {
        visits: nodes.iter().map(|node| (*node, Visit::default())).collect(),
        open: Vec::new(),
        visited: 0,
        knots: Vec::new(),
    };
    for node in nodes {
        if search.visits[node].number == 0 {
            search.visit_all(part, *node);
        }
    }
    search.knots
}

/// State of Tarjan's algorithm; its recursion is unrolled, for histories are deep.
struct KnotSearch {
    /// Only these transactions are looked at.
    visits: HashMap<usize, Visit>,
    /// Visited transactions whose knot is not complete yet.
    open: Vec<usize>,
    visited: usize,
    knots: Vec<Vec<usize>>,
}

#[derive(Default)]
struct Visit {
    /// When it was visited, from 1; 0 for not yet.
    number: usize,
    /// The earliest open visit that can be reached from it.
    lowest: usize,
    open: bool,
}

impl KnotSearch {
    fn visit_all(&mut self, part: &Part<'_>, root: usize) {
        let mut stack = vec![self.enter(part, root)];
        while let Some((node, targets)) = stack.last_mut() {
            let node = *node;
            match targets.next() {
                Some(next) => match self.visits.get(&next) {
                    Some(visit) if visit.number == 0 => stack.push(self.enter(part, next)),
                    Some(visit) if visit.open => self.lower(node, visit.number),
                    _ => {}
                },
                None => {
                    stack.pop();
                    self.leave(node);
                    if let Some((parent, _)) = stack.last() {
                        self.lower(*parent, self.visits[&node].lowest);
                    }
                }
            }
        }
    }

    fn enter(&mut self, part: &Part<'_>, node: usize) -> (usize, vec::IntoIter<usize>) {
        self.visited += 1;
        let visit = Visit {
            number: self.visited,
            lowest: self.visited,
            open: true,
        };
        self.visits.insert(node, visit);
        self.open.push(node);
        let targets: Vec<usize> = part.edges(node).map(|edge| edge.to).collect();
        (node, targets.into_iter())
    }

    fn lower(&mut self, node: usize, number: usize) {
        if let Some(visit) = self.visits.get_mut(&node) {
            visit.lowest = visit.lowest.min(number);
        }
    }

    /// Takes a complete knot off the open transactions, once its first one is left.
    fn leave(&mut self, node: usize) {
        let Visit { number, lowest, .. } = self.visits[&node];
        if number != lowest {
            return;
        }
        let first = self.open.iter().rposition(|open| *open == node);
        let knot = self
            .open
            .split_off(first.expect("invariant: a visited node is open until left"));
        for member in &knot {
            if let Some(visit) = self.visits.get_mut(member) {
                visit.open = false;
            }
        }
        if knot.len() > 1 {
            self.knots.push(knot);
        }
    }
}

//! What the checker reports: the kind of an anomaly, its transactions, and why it is one.

use std::fmt;

/// One anomaly, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What kind of anomaly.
    pub kind: AnomalyKind,
    /// The transactions that show it, as indices into the history; of a cycle, in its order.
    pub transactions: Vec<usize>,
    /// The evidence, in words.
    pub explanation: String,
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.explanation)
    }
}

/// Kinds of anomalies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnomalyKind {
    /// An acknowledged append is not in the final state.
    LostAppend,
    /// G1a: a value of an aborted transaction was read.
    AbortedRead,
    /// G1b: a list was read that ends in the middle of a transaction's appends.
    IntermediateRead,
    /// Two reads of a list are not prefixes of one order.
    IncompatibleOrder,
    /// A value was read that nobody appended.
    GarbageRead,
    /// A value is in a list twice.
    DuplicateElement,
    /// A transaction's reads contradict its own appends or its own earlier reads.
    Internal,
    /// The history itself is not usable: a value appended twice to one key, or an append by a
    /// read-only transaction.
    Malformed,
    /// Transactions depend on each other in a circle.
    Cycle(CycleKind),
    /// Transactions depend on each other in a circle once real time is counted as a dependency.
    RealTimeCycle(CycleKind),
}

/// Kinds of cycles, gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CycleKind {
    /// G0: by the order of their appends alone.
    Writes,
    /// G1c: by appends and by reads of each other's appends.
    Information,
    /// G-single: with exactly one read that missed an append.
    SingleAntiDependency,
    /// G2: with several reads that missed an append.
    AntiDependencies,
}

impl fmt::Display for AnomalyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnomalyKind::LostAppend => f.write_str("lost append"),
            AnomalyKind::AbortedRead => f.write_str("aborted read (G1a)"),
            AnomalyKind::IntermediateRead => f.write_str("intermediate read (G1b)"),
            AnomalyKind::IncompatibleOrder => f.write_str("incompatible order"),
            AnomalyKind::GarbageRead => f.write_str("garbage read"),
            AnomalyKind::DuplicateElement => f.write_str("duplicate element"),
            AnomalyKind::Internal => f.write_str("internal inconsistency"),
            AnomalyKind::Malformed => f.write_str("malformed history"),
            AnomalyKind::Cycle(kind) => write!(f, "cycle {kind}"),
            AnomalyKind::RealTimeCycle(kind) => write!(f, "cycle {kind} with real time"),
        }
    }
}

impl fmt::Display for CycleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CycleKind::Writes => "G0",
            CycleKind::Information => "G1c",
            CycleKind::SingleAntiDependency => "G-single",
            CycleKind::AntiDependencies => "G2",
        })
    }
}

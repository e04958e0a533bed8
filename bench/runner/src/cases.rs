//! The cases that are measured: a workload with its number of tasks and its durability.

use bench_harness::{Durability, Work};
use serde::Serialize;

/// One table of the page.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    #[serde(skip)]
    pub(crate) work: Work,
    #[serde(skip)]
    pub(crate) tasks: usize,
    #[serde(skip)]
    pub(crate) durability: Durability,
    /// Where it matters that all reads share one connection.
    #[serde(skip)]
    pub(crate) one_reader: bool,
}

impl Case {
    const fn full(name: &'static str, title: &'static str, work: Work, tasks: usize) -> Self {
        Self {
            name,
            title,
            work,
            tasks,
            durability: Durability::Full,
            one_reader: false,
        }
    }

    const fn normal(name: &'static str, title: &'static str, work: Work, tasks: usize) -> Self {
        Self {
            name,
            title,
            work,
            tasks,
            durability: Durability::Normal,
            one_reader: false,
        }
    }

    const fn with_one_reader(self) -> Self {
        Self {
            one_reader: true,
            ..self
        }
    }
}

pub(crate) const INSERT_FULL_1: &str = "insert-full-1";
pub(crate) const INSERT_FULL_64: &str = "insert-full-64";
pub(crate) const INSERT_NORMAL_1: &str = "insert-normal-1";
pub(crate) const INSERT_NORMAL_64: &str = "insert-normal-64";
pub(crate) const READ_1: &str = "read-1";
pub(crate) const READ_16: &str = "read-16";
pub(crate) const READ_64: &str = "read-64";
pub(crate) const READ_256: &str = "read-256";
pub(crate) const SCAN: &str = "scan";
pub(crate) const BATCH: &str = "batch";
pub(crate) const DEADLINE: &str = "deadline";
pub(crate) const MIXED: &str = "mixed";
pub(crate) const READ_UNDER_WRITE: &str = "read-under-write";
pub(crate) const EMPTY_JOB: &str = "empty-job";

/// Every case, in the order of the page.
pub(crate) const ALL: &[Case] = &[
    Case::full(
        INSERT_FULL_1,
        "Single-row inserts, FULL, 1 task",
        Work::Insert,
        1,
    ),
    Case::full(
        INSERT_FULL_64,
        "Single-row inserts, FULL, 64 tasks",
        Work::Insert,
        64,
    ),
    Case::normal(
        INSERT_NORMAL_1,
        "Single-row inserts, NORMAL, 1 task",
        Work::Insert,
        1,
    ),
    Case::normal(
        INSERT_NORMAL_64,
        "Single-row inserts, NORMAL, 64 tasks",
        Work::Insert,
        64,
    ),
    Case::full(READ_1, "Point reads by key, 1 task", Work::PointRead, 1),
    Case::full(READ_16, "Point reads by key, 16 tasks", Work::PointRead, 16),
    Case::full(READ_64, "Point reads by key, 64 tasks", Work::PointRead, 64),
    Case::full(
        READ_256,
        "Point reads by key, 256 tasks",
        Work::PointRead,
        256,
    ),
    Case::full(
        SCAN,
        "Scans of 100,000 rows into structs, 1 task",
        Work::Scan,
        1,
    ),
    Case::full(
        BATCH,
        "Batches of 1,000 inserts in one transaction, FULL, 1 task",
        Work::Batch,
        1,
    ),
    Case::full(
        DEADLINE,
        "Queries of 1 s given up after 50 ms, and the read after each, 1 task, 1 reader",
        Work::Deadline,
        1,
    )
    .with_one_reader(),
    Case::full(
        MIXED,
        "90 % point reads and 10 % inserts, FULL, 64 tasks",
        Work::Mixed,
        64,
    ),
    Case::full(
        READ_UNDER_WRITE,
        "Point reads while a write of 500 ms runs, FULL, 1 task",
        Work::ReadUnderWrite,
        1,
    ),
    Case::full(
        EMPTY_JOB,
        "Round trip of an empty closure, 1 task",
        Work::EmptyJob,
        1,
    ),
];

/// The case of this name, or a sentence with the names there are.
pub(crate) fn named(name: &str) -> Result<&'static Case, String> {
    ALL.iter().find(|case| case.name == name).ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|case| case.name).collect();
        format!("no case {name}; there are {}", names.join(", "))
    })
}

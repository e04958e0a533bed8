//! Rules about the statistics that plans are chosen by.

use super::{Facts, Finding, Level};

/// The planner has to guess.
pub(super) fn missing(facts: &Facts) -> Vec<Finding> {
    let is_indexed = |table: &&String| facts.indexes.iter().any(|index| index.table == **table);
    let tables: Vec<&str> = facts
        .large_tables
        .iter()
        .filter(is_indexed)
        .map(String::as_str)
        .collect();
    if facts.has_statistics || tables.is_empty() {
        return Vec::new();
    }
    vec![
        Finding::new(
            Level::Advice,
            "statistics",
            format!("there are no statistics, and these tables are large: {}", tables.join(", ")),
            "Without them SQLite guesses how many rows an index leaves, and may choose the wrong one.",
        )
        .fix(format!("tidegate exec {} ANALYZE", facts.file)),
    ]
}

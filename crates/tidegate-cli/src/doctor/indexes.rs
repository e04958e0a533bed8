//! Rules about indexes.

use super::facts::Index;
use super::{Facts, Finding, Level};
use crate::names::quoted;

/// Another index begins with the same columns.
pub(super) fn redundant(facts: &Facts) -> Vec<Finding> {
    let indexes = &facts.indexes;
    let pairs = indexes.iter().filter_map(|index| {
        let mut others = indexes.iter();
        let other = others.find(|other| makes_needless(other, index))?;
        Some((index, other))
    });
    let finding = |(index, other): (&Index, &Index)| {
        Finding::new(
            Level::Advice,
            "redundant-index",
            format!("the index `{}` is the beginning of `{}`", index.name, other.name),
            "Whatever the shorter index finds, the longer one finds too; every write keeps both up to date.",
        )
        .fix(format!("DROP INDEX {};", quoted(&index.name)))
    };
    pairs.map(finding).collect()
}

/// Whether `other` serves every query that `index` does, and `index` does not also enforce something.
fn makes_needless(other: &Index, index: &Index) -> bool {
    let plain = index.explicit && !index.unique && !index.partial && !other.partial;
    let len = index.columns.len();
    let begins = other.table == index.table
        && index.columns.iter().all(Option::is_some)
        && other.columns.get(..len) == Some(&index.columns)
        && other.orders.get(..len) == Some(&index.orders);
    // Of two equal ones, the later by name goes.
    let is_longer =
        other.columns.len() > len || !other.explicit || other.unique || other.name < index.name;
    plain && begins && other.name != index.name && is_longer
}

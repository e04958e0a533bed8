//! Rules about foreign keys.

use super::facts::{ForeignKey, Index};
use super::{Facts, Finding, Level};
use crate::names::{quoted, quoted_list};

/// The parent table does not exist.
pub(super) fn broken(facts: &Facts) -> Vec<Finding> {
    let is_known = |key: &&ForeignKey| {
        let mut tables = facts.tables.iter();
        tables.any(|table| table.eq_ignore_ascii_case(&key.parent))
    };
    let broken = facts.foreign_keys.iter().filter(|key| !is_known(key));
    let finding = |key: &ForeignKey| {
        Finding::new(
            Level::Problem,
            "missing-parent",
            format!(
                "`{}` ({}) refers to the table `{}`, which does not exist",
                key.table,
                key.columns.join(", "),
                key.parent
            ),
            "While foreign keys are enforced, every insert into the table fails.",
        )
    };
    broken.map(finding).collect()
}

/// No index begins with the columns of the key.
pub(super) fn without_index(facts: &Facts) -> Vec<Finding> {
    let bare = facts
        .foreign_keys
        .iter()
        .filter(|key| !has_index(facts, key));
    let finding = |key: &ForeignKey| {
        let name = format!("{}_{}", key.table, key.columns.join("_"));
        let columns = quoted_list(key.columns.iter().map(String::as_str));
        Finding::new(
            Level::Advice,
            "foreign-key-index",
            format!(
                "`{}` ({}) refers to `{}` without an index",
                key.table,
                key.columns.join(", "),
                key.parent
            ),
            "Deleting or changing a row of the parent, and every join from it, reads the whole child table.",
        )
        .fix(format!(
            "CREATE INDEX {} ON {} ({columns});",
            quoted(&name),
            quoted(&key.table)
        ))
    };
    bare.map(finding).collect()
}

fn has_index(facts: &Facts, key: &ForeignKey) -> bool {
    let row_key = facts.row_keys.get(&key.table);
    if let ([column], Some(row_key)) = (key.columns.as_slice(), row_key)
        && column.eq_ignore_ascii_case(row_key)
    {
        return true;
    }
    let mut indexes = facts.indexes.iter();
    indexes.any(|index| index.table == key.table && !index.partial && begins_with(index, key))
}

/// Whether the first columns of the index are those of the key, in whatever order.
fn begins_with(index: &Index, key: &ForeignKey) -> bool {
    let Some(first) = index.columns.get(..key.columns.len()) else {
        return false;
    };
    let holds = |column: &String| {
        let mut names = first.iter().flatten();
        names.any(|name| name.eq_ignore_ascii_case(column))
    };
    key.columns.iter().all(holds)
}

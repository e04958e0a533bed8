//! Tests of the rules, each on facts made up for it.

use super::facts::{ForeignKey, Index};
use super::*;

/// What makes a healthy file a case of a rule.
type Change = fn(&mut Facts);

fn healthy() -> Facts {
    Facts {
        file: "app.db".to_owned(),
        is_writable: true,
        pragmas: [
            ("journal_mode", "wal".to_owned()),
            ("auto_vacuum", "0".to_owned()),
        ]
        .into(),
        page_size: 4096,
        pages: 1000,
        tables: vec!["child".to_owned(), "parent".to_owned()],
        ..Facts::default()
    }
}

fn index(name: &str, columns: &[&str]) -> Index {
    Index {
        name: name.to_owned(),
        table: "child".to_owned(),
        columns: columns
            .iter()
            .map(|&column| Some(column.to_owned()))
            .collect(),
        orders: vec!["BINARY 0".to_owned(); columns.len()],
        explicit: true,
        ..Index::default()
    }
}

fn key(columns: &[&str], parent: &str) -> ForeignKey {
    ForeignKey {
        table: "child".to_owned(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        parent: parent.to_owned(),
    }
}

fn rules(facts: &Facts) -> Vec<&'static str> {
    examine(facts).iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_healthy_file_has_no_findings() {
    assert_eq!(rules(&healthy()), [""; 0]);
}

#[test]
fn every_rule_about_the_file_finds_its_case() {
    let cases: [(&str, Change); 8] = [
        ("integrity", |facts| {
            facts.findings.push("page 3 is never used".to_owned())
        }),
        ("journal-mode", |facts| {
            facts.pragmas.insert("journal_mode", "delete".to_owned());
        }),
        ("large-log", |facts| facts.wal_bytes = 100 << 20),
        ("rollback-journal", |facts| {
            facts.has_rollback_journal = true
        }),
        ("free-space", |facts| facts.free_pages = 400),
        ("small-pages", |facts| facts.page_size = 1024),
        ("auto-vacuum", |facts| {
            facts.pragmas.insert("auto_vacuum", "1".to_owned());
        }),
        ("read-only", |facts| facts.is_writable = false),
    ];
    for (rule, change) in cases {
        let mut facts = healthy();
        change(&mut facts);
        assert_eq!(rules(&facts), [rule]);
    }
}

#[test]
fn foreign_keys_want_an_index_that_begins_with_their_columns() {
    let with = |indexes: Vec<Index>| Facts {
        foreign_keys: vec![key(&["a", "b"], "parent")],
        indexes,
        ..healthy()
    };
    for indexes in [
        vec![index("i", &["a", "b"])],
        vec![index("i", &["B", "a", "c"])],
    ] {
        assert_eq!(rules(&with(indexes)), [""; 0]);
    }
    let partial = Index {
        partial: true,
        ..index("i", &["a", "b"])
    };
    for indexes in [
        vec![],
        vec![index("i", &["a", "c", "b"])],
        vec![index("i", &["a"])],
        vec![partial],
    ] {
        assert_eq!(rules(&with(indexes)), ["foreign-key-index"]);
    }
}

#[test]
fn the_row_key_is_an_index() {
    let mut facts = healthy();
    facts.foreign_keys = vec![key(&["id"], "parent")];
    facts.row_keys.insert("child".to_owned(), "id".to_owned());
    assert_eq!(rules(&facts), [""; 0]);
}

#[test]
fn a_foreign_key_without_a_parent_is_a_problem() {
    let mut facts = healthy();
    facts.foreign_keys = vec![key(&["a"], "gone")];
    facts.indexes = vec![index("i", &["a"])];
    assert_eq!(rules(&facts), ["missing-parent"]);
}

#[test]
fn an_index_that_another_begins_with_is_redundant() {
    let unique = |name, columns: &[&str]| Index {
        unique: true,
        ..index(name, columns)
    };
    for (indexes, expected) in [
        (vec![index("i", &["a"]), index("j", &["a", "b"])], 1),
        (vec![index("i", &["a"]), index("j", &["a"])], 1),
        (vec![index("i", &["a"]), unique("j", &["a"])], 1),
        (vec![index("i", &["b"]), index("j", &["a", "b"])], 0),
        (vec![unique("i", &["a"]), index("j", &["a", "b"])], 0),
    ] {
        let facts = Facts {
            indexes,
            ..healthy()
        };
        assert_eq!(rules(&facts).len(), expected, "{:?}", facts.indexes);
    }
}

#[test]
fn large_tables_with_indexes_want_statistics() {
    let mut facts = healthy();
    facts.large_tables = vec!["child".to_owned()];
    assert_eq!(rules(&facts), [""; 0]);
    facts.indexes = vec![index("i", &["a"])];
    assert_eq!(rules(&facts), ["statistics"]);
    facts.has_statistics = true;
    assert_eq!(rules(&facts), [""; 0]);
}

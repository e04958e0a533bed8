//! Tests of what following the log looks at.

use tidegate::blocking::Database;

use super::{Filter, statement};
use crate::events::severity::Severity;
use crate::schema;

/// What the database does to find the events after a number, step by step.
fn plan(set: impl FnOnce(&mut Filter)) -> Vec<String> {
    let db = Database::open_in_memory().unwrap();
    db.migrate(&schema::migrations()).unwrap();
    let mut filter = Filter::default();
    set(&mut filter);
    let (sql, params) = statement(7, &filter, 10).unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let steps: Vec<(i64, i64, i64, String)> = db.write(move |tx| tx.query(&sql, params)).unwrap();
    steps.into_iter().map(|step| step.3).collect()
}

#[test]
fn only_what_came_after_the_number_is_looked_at() {
    let check = |set: fn(&mut Filter), expected: &[&str]| {
        let plan = plan(set);
        for step in expected {
            assert!(
                plan.iter().any(|found| found.contains(step)),
                "{step}: {plan:?}"
            );
        }
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts, "{plan:?}");
    };
    let by_number = "SEARCH tg_event USING INTEGER PRIMARY KEY (rowid>?)";
    check(|_| {}, &[by_number]);
    check(|filter| filter.types = vec!["a".into()], &[by_number]);
    check(
        |filter| filter.severities = vec![Severity::Info],
        &[by_number],
    );
    check(
        |filter| filter.severities = vec![Severity::Info, Severity::Error],
        &[by_number],
    );
    check(
        |filter| filter.tags = vec!["x".into()],
        &["SEARCH tg_event_tag USING PRIMARY KEY (tag=? AND seq>?)"],
    );
    // `M` is the search, `>` what it leaves out before.
    check(
        |filter| filter.text = Some("x".into()),
        &["SCAN tg_event_text VIRTUAL TABLE INDEX 0:M4>"],
    );
}

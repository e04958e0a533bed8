//! Tests of what lists look at.

use tidegate::blocking::Database;

use super::{SERIES_OF_ALL, SERIES_OF_ONE};
use crate::schema;

#[test]
fn pages_of_series_end_where_the_metric_does() {
    let db = Database::open_in_memory().unwrap();
    db.migrate(&schema::migrations()).unwrap();
    let check = |sql: &str, expected: &str| {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let steps: Vec<(i64, i64, i64, String)> = db
            .query(explain, vec![0_i64; sql.matches('?').count()])
            .unwrap();
        let steps: Vec<String> = steps.into_iter().map(|step| step.3).collect();
        assert_eq!(steps, [expected], "{sql}");
    };
    check(
        SERIES_OF_ONE,
        "SEARCH tg_series USING INDEX tg_series_by_name (name=? AND labels>?)",
    );
    check(
        SERIES_OF_ALL,
        "SEARCH tg_series USING INDEX tg_series_by_name ((name,labels)>(?,?))",
    );
}

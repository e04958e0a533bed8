//! Lists come out of an index in their order, so that the first page of a long log is as quick as that of a short one.

use super::{event, record};
use crate::support::{at, open};

#[test]
fn the_newest_come_out_of_an_index() {
    let db = open();
    record(
        &db,
        at(0),
        (0..500).map(|n| event(&format!("{n}"))).collect(),
    );
    db.optimize().unwrap();
    for (condition, index) in [
        ("at <= ?", "tg_event_by_at"),
        ("type = ?", "tg_event_by_type"),
        ("severity = ?", "tg_event_by_severity"),
        ("source = ?", "tg_event_by_source"),
        ("target = ?", "tg_event_by_target"),
        ("correlation_id = ?", "tg_event_by_correlation"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT title FROM tg_event WHERE {condition} ORDER BY at DESC, tg_event.seq DESC LIMIT 10"
        );
        let plan: Vec<(i64, i64, i64, String)> = db.query(sql, ("x",)).unwrap();
        let plan: Vec<String> = plan.into_iter().map(|step| step.3).collect();
        assert!(
            plan.len() == 1 && plan[0].contains(index),
            "{condition}: {plan:?}"
        );
    }
}

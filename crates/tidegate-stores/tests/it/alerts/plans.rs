//! The statements that matter go through the indices that were made for them.

use tidegate_stores::alerts::Severity;

use super::{open_manual, resolve};
use crate::support::{TestDb, at, open};

fn check(db: &TestDb, sql: &str, expected: &str) {
    let parameters = vec![0_i64; sql.matches('?').count()];
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let rows: Vec<(i64, i64, i64, String)> =
        db.write(move |tx| tx.query(&explain, parameters)).unwrap();
    let steps = rows.into_iter().map(|row| row.3);
    let steps: Vec<String> = steps
        .filter(|step| !step.contains("VIRTUAL TABLE") && !step.contains("LIST SUBQUERY"))
        .collect();
    assert_eq!(steps, [expected], "{sql}");
}

#[test]
fn each_question_has_its_index() {
    let db = open();
    for n in 0..300 {
        let id = open_manual(&db, at(n), &format!("x{n}"), Severity::Info);
        if n > 20 {
            resolve(&db, at(n), id).unwrap();
        }
    }
    db.optimize().unwrap();
    let alert = |rest: &str| format!("SELECT details FROM tg_alert WHERE {rest}");
    for (sql, expected) in [
        (
            alert("fingerprint = ? AND resolved_at IS NULL"),
            "SEARCH tg_alert USING INDEX tg_alert_active (fingerprint=?)",
        ),
        (
            alert("rule = ? AND resolved_at IS NULL ORDER BY id"),
            "SEARCH tg_alert USING INDEX tg_alert_active_by_rule (rule=?)",
        ),
        (
            alert("resolved_at IS NULL AND id > ? ORDER BY id LIMIT ?"),
            "SEARCH tg_alert USING INDEX tg_alert_active_by_id (id>?)",
        ),
        (
            alert("resolved_at IS NULL AND id < ? ORDER BY id DESC"),
            "SEARCH tg_alert USING INDEX tg_alert_active_by_id (id<?)",
        ),
        (
            alert("resolved_at IS NULL AND seen_at > ? ORDER BY seen_at LIMIT ?"),
            "SEARCH tg_alert USING INDEX tg_alert_active_by_seen (seen_at>?)",
        ),
        (
            alert("due_at <= ? ORDER BY due_at LIMIT ?"),
            "SEARCH tg_alert USING INDEX tg_alert_by_due (due_at<?)",
        ),
        (
            alert("resolved_at < ? ORDER BY resolved_at LIMIT ?"),
            "SEARCH tg_alert USING INDEX tg_alert_by_resolved (resolved_at<?)",
        ),
        (
            alert("fired_at > ? AND fired_at <= ?"),
            "SEARCH tg_alert USING INDEX tg_alert_by_fired (fired_at>? AND fired_at<?)",
        ),
        (
            alert("1 = 1 AND id < ? ORDER BY id DESC"),
            "SEARCH tg_alert USING PRIMARY KEY (id<?)",
        ),
        (
            alert("1 = 1 AND id < ? AND name = ? ORDER BY id DESC"),
            "SEARCH tg_alert USING INDEX tg_alert_by_name (name=? AND id<?)",
        ),
        (
            "SELECT who FROM tg_alert_transition WHERE alert = ? ORDER BY seq DESC LIMIT ?"
                .to_owned(),
            "SEARCH tg_alert_transition USING INDEX tg_alert_transition_by_alert (alert=?)",
        ),
        (
            "SELECT who FROM tg_alert_transition WHERE seq > ? ORDER BY seq LIMIT ?".to_owned(),
            "SEARCH tg_alert_transition USING INTEGER PRIMARY KEY (rowid>?)",
        ),
    ] {
        check(&db, &sql, expected);
    }
}

//! The statements that matter go through the indices that were made for them, as they are written in the store.

use crate::support::{TestDb, open};

fn check(db: &TestDb, sql: &str, expected: &[&str]) {
    let parameters = vec![0_i64; sql.matches('?').count()];
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let rows: Vec<(i64, i64, i64, String)> =
        db.write(move |tx| tx.query(&explain, parameters)).unwrap();
    let steps: Vec<String> = rows.into_iter().map(|row| row.3).collect();
    assert_eq!(steps, expected, "{sql}");
}

#[test]
fn announcing_seeks() {
    let db = open();
    check(
        &db,
        "SELECT * FROM tg_notify_alert WHERE fingerprint = ?",
        &["SEARCH tg_notify_alert USING INDEX sqlite_autoindex_tg_notify_alert_1 (fingerprint=?)"],
    );
    check(
        &db,
        "SELECT flow, told FROM tg_notify_member JOIN tg_notify_flow ON id = flow WHERE alert = ?",
        &[
            "SEARCH tg_notify_member USING INDEX tg_notify_member_by_alert (alert=?)",
            "SEARCH tg_notify_flow USING INTEGER PRIMARY KEY (rowid=?)",
        ],
    );
    check(
        &db,
        "SELECT seq FROM tg_notify_message WHERE flow = ? AND closed_at IS NULL",
        &["SEARCH tg_notify_message USING INDEX tg_notify_message_open (flow=?)"],
    );
    check(
        &db,
        "SELECT id, sent_at FROM tg_notify_flow WHERE group_key = ? AND target = ?",
        &[
            "SEARCH tg_notify_flow USING INDEX sqlite_autoindex_tg_notify_flow_1 (group_key=? AND target=?)",
        ],
    );
}

#[test]
fn dispatching_seeks() {
    let db = open();
    check(
        &db,
        "SELECT seq, id FROM tg_notify_message WHERE target = ? AND closed_at IS NULL AND due <= ? ORDER BY due LIMIT ?",
        &["SEARCH tg_notify_message USING INDEX tg_notify_message_due (target=? AND due<?)"],
    );
    check(
        &db,
        "SELECT seq, id FROM tg_notify_message WHERE target = ? AND closed_at IS NULL AND scheduled_at > ? AND due > ?
            ORDER BY scheduled_at LIMIT ?",
        &["SEARCH tg_notify_message USING INDEX tg_notify_message_scheduled (target=? AND scheduled_at>?)"],
    );
    check(
        &db,
        "SELECT min(due) FROM tg_notify_message WHERE target = ? AND closed_at IS NULL",
        &["SEARCH tg_notify_message USING INDEX tg_notify_message_due (target=?)"],
    );
    check(
        &db,
        "SELECT max(scheduled_at) FROM tg_notify_message WHERE target = ? AND closed_at IS NULL",
        &["SEARCH tg_notify_message USING INDEX tg_notify_message_scheduled (target=?)"],
    );
    check(
        &db,
        "SELECT told, version FROM tg_notify_member JOIN tg_notify_alert AS alert_row ON alert_row.id = tg_notify_member.alert
            WHERE flow = ? ORDER BY tg_notify_member.alert",
        &[
            "SEARCH tg_notify_member USING PRIMARY KEY (flow=?)",
            "SEARCH alert_row USING INTEGER PRIMARY KEY (rowid=?)",
        ],
    );
    check(
        &db,
        "SELECT count(*) FROM tg_notify_entry WHERE target = ? AND at > ? AND at <= ? AND attempt > 0",
        &[
            "SEARCH tg_notify_entry USING INDEX tg_notify_entry_by_target (target=? AND at>? AND at<?)",
        ],
    );
}

#[test]
fn lists_come_out_of_an_index() {
    let db = open();
    for (condition, index) in [
        ("TRUE", "SCAN line USING INDEX tg_notify_entry_by_at"),
        (
            "line.target = ?",
            "SEARCH line USING INDEX tg_notify_entry_by_target (target=?)",
        ),
        (
            "line.state = ?",
            "SEARCH line USING INDEX tg_notify_entry_by_state (state=?)",
        ),
        (
            "at >= ?",
            "SEARCH line USING INDEX tg_notify_entry_by_at (at>?)",
        ),
        (
            "TRUE AND (at, entry) < (?, ?)",
            "SEARCH line USING INDEX tg_notify_entry_by_at (at<?)",
        ),
    ] {
        let sql = format!(
            "SELECT entry, error, sent.id FROM tg_notify_entry AS line
                CROSS JOIN tg_notify_message AS sent ON sent.seq = line.message
                WHERE {condition} ORDER BY at DESC, entry DESC LIMIT 10"
        );
        let joined = "SEARCH sent USING INTEGER PRIMARY KEY (rowid=?)";
        check(&db, &sql, &[index, joined]);
    }
    check(
        &db,
        "SELECT entry FROM tg_notify_entry AS line WHERE line.message IN
            (SELECT message FROM tg_notify_message_alert WHERE fingerprint = ?)",
        &[
            "SEARCH line USING COVERING INDEX tg_notify_entry_by_message (message=?)",
            "LIST SUBQUERY 1",
            "SEARCH tg_notify_message_alert USING COVERING INDEX tg_notify_message_alert_by_fingerprint (fingerprint=?)",
        ],
    );
}

#[test]
fn forgetting_seeks() {
    let db = open();
    check(
        &db,
        "SELECT seq FROM tg_notify_message WHERE closed_at < ? ORDER BY closed_at LIMIT ?",
        &["SEARCH tg_notify_message USING COVERING INDEX tg_notify_message_closed (closed_at<?)"],
    );
    check(
        &db,
        "SELECT * FROM tg_notify_alert WHERE routing < ? ORDER BY routing LIMIT ?",
        &["SEARCH tg_notify_alert USING INDEX tg_notify_alert_by_routing (routing<?)"],
    );
}

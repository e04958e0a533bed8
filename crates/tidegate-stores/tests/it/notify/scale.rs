//! A great many alerts at once.

use tidegate_stores::notify::{self, Reason, Status};

use super::{
    announce, claim, claim_one, count, deliver, firing, next_due, resolved, sent, with_ops,
};
use crate::support::at;

const ALERTS: u64 = 11_000;

/// Announces them a thousand to a transaction.
fn announce_all(db: &crate::support::TestDb, alerts: &[notify::Announcement], now: i64) {
    for chunk in alerts.chunks(1_000) {
        let chunk = chunk.to_vec();
        db.write(move |tx| {
            for alert in &chunk {
                notify::announce(tx, at(now), alert)?;
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn a_storm_is_one_message_and_survives_a_restart() {
    let db = with_ops();
    let alerts: Vec<_> = (0..ALERTS)
        .map(|n| firing("disk", &n.to_string()))
        .collect();
    announce_all(&db, &alerts, 0);
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_message"), 1);
    let db = db.reopened();
    let first = claim_one(&db, at(30), "ops");
    assert_eq!(
        (first.firing, first.alerts.len()),
        (ALERTS, notify::DELIVERY_ALERTS_MAX)
    );
    assert_eq!(first.left_out(), ALERTS - 500);
    assert!(notify::body(&first).len() <= notify::BODY_BYTES_MAX);
    // Nobody acknowledges it; after the restart it is the same message.
    let db = db.reopened();
    let second = claim_one(&db, at(90), "ops");
    assert_eq!(
        (second.id, second.attempt, second.firing),
        (first.id, 2, ALERTS)
    );
    sent(&db, at(91), &second);
    let db = db.reopened();
    announce_all(&db, &alerts, 100);
    assert_eq!(next_due(&db, at(100)), Some(at(91 + 4 * 3_600)));
    assert_eq!(claim(&db, at(91 + 4 * 3_600 - 1), "ops"), []);
    announce(&db, at(1_000), &resolved(&alerts[7], at(1_000)));
    let change = deliver(&db, at(1_000), "ops");
    assert_eq!(
        (change.reason, change.firing, change.resolved),
        (Reason::Resolved, ALERTS - 1, 1)
    );
    let over: Vec<_> = alerts
        .iter()
        .map(|alert| resolved(alert, at(2_000)))
        .collect();
    announce_all(&db, &over, 2_000);
    let end = deliver(&db, at(2_000), "ops");
    assert_eq!((end.firing, end.resolved), (0, ALERTS - 1));
    assert!(
        end.alerts
            .iter()
            .all(|alert| alert.status == Status::Resolved)
    );
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_member"), 0);
}

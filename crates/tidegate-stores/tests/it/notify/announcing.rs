//! What follows from an announcement: when something is told, and what.

use std::time::Duration;

use tidegate_stores::notify::{self, MessageState, Reason, Route, Routes, Severity};
use tidegate_stores::{Id, Matcher};

use super::{
    announce, changed, claim, claim_one, count, deliver, firing, message, next_due, outbox,
    resolved, sent, set_routes, target, told, with_ops, with_targets,
};
use crate::support::at;

const HOUR: i64 = 3_600;

#[test]
fn a_group_waits_for_others_and_is_told_once() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    announce(&db, at(10), &firing("disk", "b"));
    assert_eq!(next_due(&db, at(10)), Some(at(30)));
    assert_eq!(claim(&db, at(29), "ops"), []);
    let delivery = deliver(&db, at(30), "ops");
    assert_eq!(
        (told(&delivery), delivery.reason),
        (vec!["+a".into(), "+b".into()], Reason::New)
    );
    assert_eq!(
        (delivery.firing, delivery.resolved, delivery.attempt),
        (2, 0, 1)
    );
    assert_eq!(
        delivery.common_labels.to_json(),
        r#"{"alertname":"disk","severity":"warning"}"#
    );
    assert_eq!(delivery.group_labels.to_json(), r#"{"alertname":"disk"}"#);
    assert_eq!(next_due(&db, at(30)), Some(at(30 + 4 * HOUR)));
    assert_eq!(claim(&db, at(30 + 4 * HOUR - 1), "ops"), []);
    let again = deliver(&db, at(30 + 4 * HOUR), "ops");
    assert_eq!(
        (told(&again), again.reason),
        (vec!["+a".into(), "+b".into()], Reason::Repeat)
    );
    assert_ne!(again.id, delivery.id);
    assert_eq!(again.group_key, delivery.group_key);
}

#[test]
fn groups_are_told_apart() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    announce(&db, at(0), &firing("load", "a"));
    let deliveries = claim(&db, at(30), "ops");
    assert_eq!(deliveries.len(), 2);
    assert_ne!(deliveries[0].group_key, deliveries[1].group_key);
}

#[test]
fn changes_are_told_after_the_interval() {
    let db = with_ops();
    let (a, b) = (firing("disk", "a"), firing("disk", "b"));
    announce(&db, at(0), &a);
    deliver(&db, at(30), "ops");
    announce(&db, at(40), &b);
    assert_eq!(next_due(&db, at(40)), Some(at(330)));
    let second = deliver(&db, at(330), "ops");
    assert_eq!(
        (told(&second), second.reason),
        (vec!["+a".into(), "+b".into()], Reason::New)
    );
    let news: Vec<bool> = second.alerts.iter().map(|alert| alert.is_news).collect();
    assert_eq!(news, [true, false]);
    announce(&db, at(2_000), &resolved(&a, at(2_000)));
    let third = deliver(&db, at(2_000), "ops");
    assert_eq!(
        (told(&third), third.reason),
        (vec!["+b".into(), "-a".into()], Reason::Resolved)
    );
    announce(
        &db,
        at(3_000),
        &changed(&b, |b| b.severity = Severity::Critical),
    );
    let fourth = deliver(&db, at(3_000), "ops");
    assert_eq!(
        (told(&fourth), fourth.reason),
        (vec!["+b".into()], Reason::Changed)
    );
    announce(&db, at(4_000), &resolved(&b, at(4_000)));
    let last = deliver(&db, at(4_000), "ops");
    assert_eq!(
        (told(&last), last.reason, last.firing),
        (vec!["-b".into()], Reason::Resolved, 0)
    );
    assert_eq!(next_due(&db, at(5_000)), None);
    assert_eq!(count(&db, "SELECT count(*) FROM tg_notify_member"), 0);
}

#[test]
fn the_same_again_writes_nothing() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    deliver(&db, at(30), "ops");
    let before = db
        .query::<(i64, String)>("SELECT due, state FROM tg_notify_message", ())
        .unwrap();
    let again = alert.clone();
    let written = db
        .write(move |tx| {
            let changes = "SELECT total_changes()";
            let before: i64 = tx.query_scalar(changes, ())?;
            notify::announce(tx, at(60), &again)?;
            Ok(tx.query_scalar::<i64>(changes, ())? - before)
        })
        .unwrap();
    assert_eq!(written, 0);
    announce(
        &db,
        at(70),
        &changed(&alert, |alert| alert.value = Some(2.0)),
    );
    let after = db
        .query::<(i64, String)>("SELECT due, state FROM tg_notify_message", ())
        .unwrap();
    assert_eq!(before, after);
    let repeated = claim_one(&db, at(30 + 4 * HOUR), "ops");
    assert_eq!(repeated.alerts[0].value, Some(2.0));
}

#[test]
fn what_is_muted_is_not_told() {
    let db = with_ops();
    let alert = firing("disk", "a");
    let muted = changed(&alert, |alert| alert.is_muted = true);
    announce(&db, at(0), &muted);
    assert_eq!(next_due(&db, at(0)), None);
    announce(&db, at(10), &alert);
    let id = outbox(&db, "ops")[0].id;
    announce(&db, at(20), &muted);
    assert_eq!(claim(&db, at(40), "ops"), []);
    let cancelled = message(&db, id);
    assert_eq!(cancelled.state, MessageState::Cancelled);
    assert_eq!(cancelled.note.as_deref(), Some("nothing is left to tell"));
    announce(&db, at(50), &alert);
    assert_eq!(told(&deliver(&db, at(80), "ops")), ["+a"]);
}

#[test]
fn what_was_told_and_is_unmuted_waits_for_its_repetition() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    deliver(&db, at(30), "ops");
    announce(&db, at(60), &changed(&alert, |alert| alert.is_muted = true));
    announce(&db, at(600), &alert);
    assert_eq!(next_due(&db, at(600)), Some(at(30 + 4 * HOUR)));
    announce(
        &db,
        at(700),
        &changed(&alert, |alert| alert.is_muted = true),
    );
    assert_eq!(claim(&db, at(30 + 4 * HOUR), "ops"), []);
    announce(&db, at(5 * HOUR), &alert);
    assert_eq!(deliver(&db, at(5 * HOUR), "ops").reason, Reason::Repeat);
}

#[test]
fn an_end_is_told_only_to_who_knows_of_the_beginning() {
    let mut terse = target("terse");
    terse.send_resolved = false;
    let db = with_targets(vec![target("ops"), terse]);
    let (a, b) = (firing("disk", "a"), firing("disk", "b"));
    announce(&db, at(0), &a);
    deliver(&db, at(30), "ops");
    deliver(&db, at(30), "terse");
    announce(&db, at(40), &b);
    announce(&db, at(50), &resolved(&a, at(50)));
    announce(&db, at(60), &resolved(&b, at(60)));
    assert_eq!(told(&deliver(&db, at(330), "ops")), ["-a"]);
    assert_eq!(claim(&db, at(330), "terse"), []);
    assert_eq!(
        (outbox(&db, "ops").len(), outbox(&db, "terse").len()),
        (0, 0)
    );
    announce(&db, at(400), &resolved(&firing("load", "x"), at(400)));
    assert_eq!(next_due(&db, at(400)), None);
}

#[test]
fn what_ends_before_it_is_told_is_cancelled() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    let id = outbox(&db, "ops")[0].id;
    announce(&db, at(10), &resolved(&alert, at(10)));
    assert_eq!(message(&db, id).state, MessageState::Cancelled);
    assert_eq!(next_due(&db, at(10)), None);
}

#[test]
fn an_alert_that_fires_anew_is_told_anew() {
    let db = with_ops();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    deliver(&db, at(30), "ops");
    announce(&db, at(100), &resolved(&alert, at(100)));
    let anew = changed(&alert, |alert| alert.alert = Id::new(at(200)));
    announce(&db, at(200), &anew);
    let delivery = deliver(&db, at(330), "ops");
    assert_eq!(
        (told(&delivery), delivery.reason),
        (vec!["+a".into()], Reason::Changed)
    );
    assert_eq!(delivery.alerts[0].alert, anew.alert);
}

#[test]
fn targets_hear_only_what_is_urgent_enough() {
    let mut pager = target("pager");
    pager.severity_min = Severity::Critical;
    let db = with_targets(vec![pager]);
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    assert_eq!(next_due(&db, at(0)), None);
    announce(
        &db,
        at(100),
        &changed(&alert, |alert| alert.severity = Severity::Emergency),
    );
    assert_eq!(told(&deliver(&db, at(130), "pager")), ["+a"]);
    announce(&db, at(500), &alert);
    assert_eq!(claim(&db, at(500), "pager"), []);
    announce(&db, at(600), &resolved(&alert, at(600)));
    assert_eq!(told(&deliver(&db, at(600), "pager")), ["-a"]);
}

#[test]
fn an_alert_says_how_often_it_is_repeated() {
    let db = with_ops();
    let alert = changed(&firing("disk", "a"), |alert| {
        alert.repeat_after = Some(Duration::from_secs(600));
    });
    announce(&db, at(0), &alert);
    deliver(&db, at(30), "ops");
    assert_eq!(next_due(&db, at(30)), Some(at(630)));
    let sooner = changed(&alert, |alert| {
        alert.repeat_after = Some(Duration::from_secs(60))
    });
    announce(&db, at(40), &sooner);
    assert_eq!(deliver(&db, at(90), "ops").reason, Reason::Repeat);
    let later = changed(&alert, |alert| {
        alert.repeat_after = Some(Duration::from_secs(6_000))
    });
    announce(&db, at(100), &later);
    assert_eq!(claim(&db, at(150), "ops"), []);
    assert_eq!(next_due(&db, at(150)), Some(at(6_090)));
}

#[test]
fn an_escalation_goes_at_once_and_by_itself() {
    let mut boss = target("boss");
    boss.severity_min = Severity::Emergency;
    let db = with_targets(vec![target("ops")]);
    db.write(move |tx| Ok(notify::set_targets(tx, at(0), "other", vec![boss])?))
        .unwrap();
    let alert = firing("disk", "a");
    announce(&db, at(0), &alert);
    deliver(&db, at(30), "ops");
    let escalated = changed(&alert, |alert| {
        alert.further_targets = vec!["boss".into(), "nobody".into(), "boss".into()];
    });
    announce(&db, at(900), &escalated);
    let delivery = deliver(&db, at(900), "boss");
    assert_eq!(
        (told(&delivery), delivery.reason),
        (vec!["+a".into()], Reason::Escalation)
    );
    assert_eq!(delivery.route, None);
    assert_eq!(claim(&db, at(900), "ops"), []);
    announce(&db, at(2_000), &resolved(&escalated, at(2_000)));
    assert_eq!(told(&deliver(&db, at(2_000), "boss")), ["-a"]);
    assert_eq!(told(&deliver(&db, at(2_000), "ops")), ["-a"]);
}

#[test]
fn routes_are_gone_through_in_their_order() {
    let db = with_targets(vec![target("ops"), target("db"), target("audit")]);
    let route = |name: &str, matcher: &str, goes_on| {
        let mut route = Route::new(name, [name]);
        route.matchers = vec![Matcher::parse(matcher).unwrap()];
        route.goes_on = goes_on;
        route
    };
    let list = vec![
        route("audit", "severity=~\"critical|emergency\"", true),
        route("db", "alertname=~\"db_.*\"", false),
    ];
    set_routes(&db, at(0), Routes::new(list, ["ops"]));
    let reached = |name: &str, severity| {
        let alert = changed(&firing(name, "a"), |alert| alert.severity = severity);
        announce(&db, at(0), &alert);
        ["audit", "db", "ops"].map(|target| claim(&db, at(30), target).len())
    };
    assert_eq!(reached("db_slow", Severity::Warning), [0, 1, 0]);
    assert_eq!(reached("db_down", Severity::Critical), [1, 1, 0]);
    assert_eq!(reached("load", Severity::Emergency), [1, 0, 0]);
    assert_eq!(reached("disk", Severity::Info), [0, 0, 1]);
}

#[test]
fn what_changes_while_a_message_is_on_its_way_is_told_next() {
    let db = with_ops();
    let (a, b) = (firing("disk", "a"), firing("disk", "b"));
    announce(&db, at(0), &a);
    let first = claim_one(&db, at(30), "ops");
    announce(&db, at(31), &b);
    announce(&db, at(32), &resolved(&a, at(32)));
    sent(&db, at(33), &first);
    assert_eq!(next_due(&db, at(33)), Some(at(330)));
    let second = deliver(&db, at(330), "ops");
    assert_eq!(told(&second), ["+b", "-a"]);
}

#[test]
fn nothing_is_forgotten_or_repeated_over_a_restart() {
    let (db, alert) = (with_ops(), firing("disk", "a"));
    announce(&db, at(0), &alert);
    let db = db.reopened();
    deliver(&db, at(30), "ops");
    let db = db.reopened();
    announce(&db, at(40), &alert);
    assert_eq!(next_due(&db, at(40)), Some(at(30 + 4 * HOUR)));
}

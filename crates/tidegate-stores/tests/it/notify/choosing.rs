//! Who is told of what: severities, routes, escalations, ends.

use tidegate_stores::Matcher;
use tidegate_stores::notify::{self, MessageState, Reason, Route, Routes, Severity};

use super::{
    announce, changed, claim, deliver, firing, message, next_due, outbox, resolved, set_routes,
    target, told, with_ops, with_targets,
};
use crate::support::at;

const HOUR: i64 = 3_600;

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

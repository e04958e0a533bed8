//! Targets and routes: what is taken, what is refused, and what a change does to what waits.

use std::time::Duration;

use tidegate_stores::notify::{
    self, MessageState, RateLimit, Route, Routes, Severity, Target, TargetChanges, TargetKind,
};
use tidegate_stores::{Error, ErrorKind, JsonText, Matcher};

use super::{
    announce, claim, claim_one, deliver, firing, message, next_due, outbox, sent, set_routes,
    target, told, with_ops, with_targets,
};
use crate::support::{TestDb, at, open};

fn try_set_targets(
    db: &TestDb,
    source: &'static str,
    targets: Vec<Target>,
) -> Result<TargetChanges, Error> {
    db.write(move |tx| Ok(notify::set_targets(tx, at(50), source, targets)?))
        .map_err(Error::from)
}

fn set_targets(db: &TestDb, targets: Vec<Target>) -> TargetChanges {
    try_set_targets(db, "test", targets).unwrap()
}

fn reroute(db: &TestDb, seconds: i64) -> u64 {
    let mut rows = 0;
    loop {
        let step = db
            .write(move |tx| Ok(notify::reroute_step(tx, at(seconds), 1)?))
            .unwrap();
        rows += step.rows;
        if !step.more {
            return rows;
        }
    }
}

fn changed(change: impl FnOnce(&mut Target)) -> Target {
    let mut target = target("x");
    change(&mut target);
    target
}

#[test]
fn targets_are_kept_as_they_were_given() {
    let db = open();
    let mut given: Vec<Target> = TargetKind::ALL
        .iter()
        .map(|kind| {
            let settings = JsonText::parse("settings", r#"{"password": "env:X", "to": ["a"]}"#);
            Target::new(kind.as_str(), *kind, settings.unwrap())
        })
        .collect();
    given[0].rate_limit = Some(RateLimit {
        count: 3,
        period: Duration::from_secs(60),
    });
    given[1].severity_min = Severity::Critical;
    given[2].is_enabled = false;
    given.sort_by(|one, other| one.name.cmp(&other.name));
    let changes = set_targets(&db, given.clone());
    assert_eq!(
        (
            changes.added.len(),
            changes.changed.len(),
            changes.removed.len()
        ),
        (6, 0, 0)
    );
    let db = db.reopened();
    assert_eq!(db.read(|tx| Ok(notify::targets(tx)?)).unwrap(), given);
    let slack = db.read(|tx| Ok(notify::target(tx, "slack")?)).unwrap();
    assert_eq!(slack.kind, TargetKind::Slack);
    assert!(set_targets(&db, given.clone()).is_empty());
    given.truncate(2);
    given[0].timeout = Duration::from_secs(1);
    let changes = set_targets(&db, given.clone());
    assert_eq!(changes.changed, [given[0].name.clone()]);
    assert_eq!(changes.removed.len(), 4);
    let unknown = db.read(|tx| Ok(notify::target(tx, "slack")?));
    assert_eq!(
        Error::from(unknown.unwrap_err()).kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn wrong_targets_are_refused() {
    let db = open();
    let json = |text: &str| JsonText::parse("settings", text).unwrap();
    let limit = |count, seconds| {
        Some(RateLimit {
            count,
            period: Duration::from_secs(seconds),
        })
    };
    let cases = [
        (changed(|target| target.name = "a\nb".into()), "name"),
        (changed(|target| target.name = String::new()), "name"),
        (changed(|target| target.settings = json("[]")), "settings"),
        (
            changed(|target| target.settings = json(r#"{"smtp": {"password": "hunter2"}}"#)),
            "settings",
        ),
        (changed(|target| target.concurrency = 0), "concurrency"),
        (changed(|target| target.concurrency = 101), "concurrency"),
        (changed(|target| target.timeout = Duration::ZERO), "timeout"),
        (
            changed(|target| target.timeout = Duration::from_secs(601)),
            "timeout",
        ),
        (
            changed(|target| target.rate_limit = limit(0, 1)),
            "rate_limit",
        ),
        (
            changed(|target| target.rate_limit = limit(1, 0)),
            "rate_limit",
        ),
        (target("first"), "name"),
    ];
    for (wrong, field) in cases {
        let error = try_set_targets(&db, "test", vec![target("first"), wrong.clone()]).unwrap_err();
        assert_eq!(
            (error.field(), error.item()),
            (Some(field), Some(1)),
            "{wrong:?}"
        );
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(db.read(|tx| Ok(notify::targets(tx)?)).unwrap(), []);
    }
    let many = (0..=notify::TARGETS_MAX)
        .map(|n| target(&n.to_string()))
        .collect();
    assert_eq!(
        try_set_targets(&db, "test", many).unwrap_err().kind(),
        ErrorKind::Limit
    );
}

#[test]
fn a_source_changes_its_own_only() {
    let db = with_ops();
    let taken = try_set_targets(&db, "other", vec![target("ops")]).unwrap_err();
    assert_eq!(
        (taken.kind(), taken.found()),
        (ErrorKind::Conflict, Some("test"))
    );
    try_set_targets(&db, "other", vec![target("more")]).unwrap();
    try_set_targets(&db, "other", vec![]).unwrap();
    assert_eq!(
        db.read(|tx| Ok(notify::targets(tx)?)).unwrap(),
        [target("ops")]
    );
}

#[test]
fn what_waits_for_a_removed_target_is_cancelled() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    announce(&db, at(0), &firing("load", "a"));
    let under_way = db
        .write(|tx| Ok(notify::claim(tx, at(30), "ops", 1, super::LEASE)?))
        .unwrap();
    let ids: Vec<_> = outbox(&db, "ops")
        .into_iter()
        .map(|message| message.id)
        .collect();
    set_targets(&db, vec![]);
    for id in ids {
        let cancelled = message(&db, id);
        assert_eq!(
            (cancelled.state, cancelled.note.as_deref()),
            (MessageState::Cancelled, Some("its target was removed"))
        );
    }
    sent(&db, at(60), &under_way[0]);
    assert_eq!(message(&db, under_way[0].id).state, MessageState::Sent);
    assert_eq!(next_due(&db, at(60)), None);
    announce(&db, at(61), &firing("disk", "b"));
    assert_eq!(next_due(&db, at(61)), None);
}

#[test]
fn a_disabled_target_gets_nothing_until_it_is_enabled() {
    let db = with_ops();
    announce(&db, at(0), &firing("disk", "a"));
    let id = outbox(&db, "ops")[0].id;
    let mut disabled = target("ops");
    disabled.is_enabled = false;
    set_targets(&db, vec![disabled]);
    assert_eq!(
        message(&db, id).note.as_deref(),
        Some("its target is disabled")
    );
    announce(&db, at(60), &firing("disk", "b"));
    assert_eq!(
        (claim(&db, at(100), "ops"), outbox(&db, "ops")),
        (vec![], vec![])
    );
    let refused = db.write(|tx| Ok(notify::test_message(tx, at(100), "ops")?));
    assert_eq!(Error::from(refused.unwrap_err()).found(), Some("disabled"));
    set_targets(&db, vec![target("ops")]);
    assert_eq!(reroute(&db, 200), 2);
    assert_eq!(told(&claim_one(&db, at(230), "ops")), ["+a", "+b"]);
}

#[test]
fn routes_are_kept_as_they_were_given() {
    let db = with_ops();
    let mut route = Route::new("db", ["ops"]);
    route.matchers = vec![
        Matcher::parse(r#"job=~"a,b|\"c\"\\.""#).unwrap(),
        Matcher::parse("env!=\"x\\ny\"").unwrap(),
    ];
    route.group_by = vec!["job".into(), "severity".into()];
    route.group_wait = Duration::ZERO;
    route.goes_on = true;
    let given = Routes::new(vec![route], ["ops"]);
    let set = |routes: Routes| {
        db.write(move |tx| Ok(notify::set_routes(tx, at(1), &routes)?))
            .unwrap()
    };
    assert!(set(given.clone()));
    assert!(!set(given.clone()));
    assert_eq!(db.read(|tx| Ok(notify::routes(tx)?)).unwrap(), given);
    assert_eq!(
        open().read(|tx| Ok(notify::routes(tx)?)).unwrap(),
        Routes::default()
    );
}

#[test]
fn wrong_routes_are_refused_with_their_path() {
    let db = with_ops();
    let refused = |change: &dyn Fn(&mut Route)| {
        let mut route = Route::new("b", ["ops"]);
        change(&mut route);
        let routes = Routes::new(vec![Route::new("a", ["ops"]), route], ["ops"]);
        let set = db.write(move |tx| Ok(notify::set_routes(tx, at(1), &routes)?));
        Error::from(set.unwrap_err()).field().map(str::to_owned)
    };
    let field = |name: &str| Some(format!("routes[1].{name}"));
    assert_eq!(refused(&|route| route.name = "a".into()), field("name"));
    assert_eq!(
        refused(&|route| route.name = "default".into()),
        field("name")
    );
    assert_eq!(refused(&|route| route.name = "\u{7}".into()), field("name"));
    assert_eq!(
        refused(&|route| route.targets = vec!["nobody".into()]),
        field("targets")
    );
    assert_eq!(
        refused(&|route| route.targets.push("ops".into())),
        field("targets")
    );
    assert_eq!(
        refused(&|route| route.group_by = vec!["a-b".into()]),
        field("group_by")
    );
    assert_eq!(
        refused(&|route| route.group_by = vec!["a".into(), "a".into()]),
        field("group_by")
    );
    assert_eq!(
        refused(&|route| route.group_interval = Duration::ZERO),
        field("group_interval")
    );
    assert_eq!(
        refused(&|route| route.repeat_interval = Duration::from_secs(1)),
        field("repeat_interval")
    );
    assert_eq!(
        refused(&|route| route.group_wait = Duration::MAX),
        field("group_wait")
    );
    let matcher = Matcher::parse("a=b").unwrap();
    assert_eq!(
        refused(&|route| route.matchers = vec![matcher.clone(); 33]),
        field("matchers")
    );
    let mut routes = Routes::new(Vec::new(), ["ops"]);
    routes.default.matchers = vec![matcher.clone()];
    let set = db.write(move |tx| Ok(notify::set_routes(tx, at(1), &routes)?));
    assert_eq!(
        Error::from(set.unwrap_err()).field(),
        Some("default.matchers")
    );
}

#[test]
fn new_routes_lead_elsewhere_without_telling_anything_twice() {
    let db = with_targets(vec![target("ops"), target("audit")]);
    announce(&db, at(0), &firing("disk", "a"));
    deliver(&db, at(30), "ops");
    deliver(&db, at(30), "audit");
    let mut route = Route::new("all", ["ops"]);
    route.group_by = Vec::new();
    set_routes(&db, at(60), Routes::new(vec![route], [""; 0]));
    assert_eq!(reroute(&db, 60), 1);
    assert_eq!(reroute(&db, 60), 0);
    assert_eq!(outbox(&db, "audit"), []);
    assert_eq!(next_due(&db, at(60)), Some(at(30 + 4 * 3_600)));
    announce(&db, at(70), &firing("load", "b"));
    assert_eq!(told(&deliver(&db, at(330), "ops")), ["+a", "+b"]);
}

#[test]
fn a_route_that_is_gone_takes_what_waits_along() {
    let db = with_ops();
    let mut own = Route::new("own", ["ops"]);
    own.matchers = vec![Matcher::parse("host=a").unwrap()];
    set_routes(&db, at(0), Routes::new(vec![own], [""; 0]));
    announce(&db, at(0), &firing("disk", "a"));
    let id = outbox(&db, "ops")[0].id;
    set_routes(&db, at(10), Routes::new(vec![], [""; 0]));
    assert_eq!(claim(&db, at(30), "ops"), []);
    assert_eq!(
        message(&db, id).note.as_deref(),
        Some("its route was removed")
    );
    reroute(&db, 40);
    assert_eq!(next_due(&db, at(40)), None);
}

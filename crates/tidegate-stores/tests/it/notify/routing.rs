//! Routes: what is taken, what is refused, and what a change does to what waits.

use std::time::Duration;

use tidegate_stores::notify::{self, Route, Routes};
use tidegate_stores::{Error, Matcher};

use super::{
    announce, claim, deliver, firing, message, next_due, outbox, reroute, set_routes, target, told,
    with_ops, with_targets,
};
use crate::support::{at, open};

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

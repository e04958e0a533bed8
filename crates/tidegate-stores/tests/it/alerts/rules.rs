//! Rules in the database, and what becomes of alerts when they change.

use tidegate_stores::alerts::{
    self, Escalation, Rule, RulesChanged, Severity, State, TransitionKind,
};
use tidegate_stores::{Error, ErrorKind, Result, Timestamp};

use super::{
    acknowledge, evaluate, get, high, kinds, measure, only, read, seconds, set_rules, story, with,
    write,
};
use crate::support::{TestDb, at, open};

fn try_set(
    db: &TestDb,
    now: Timestamp,
    source: &'static str,
    rules: Vec<Rule>,
) -> Result<RulesChanged> {
    write(db, move |tx| alerts::set_rules(tx, now, source, rules))
}

fn named(name: &str) -> Rule {
    with(high(), |rule| rule.name = name.to_owned())
}

fn names(db: &TestDb, source: Option<&'static str>) -> Vec<String> {
    let rules = read(db, move |tx| alerts::rules(tx, source)).unwrap();
    rules.into_iter().map(|stored| stored.rule.name).collect()
}

#[test]
fn a_set_replaces_that_of_its_source_only() {
    let db = open();
    let counts = |changed: RulesChanged| (changed.added, changed.changed, changed.removed);
    let set = |source, rules| counts(try_set(&db, at(0), source, rules).unwrap());
    assert_eq!(set("builtin", alerts::builtin_rules()), (5, 0, 0));
    assert_eq!(set("config", vec![named("a"), named("b")]), (2, 0, 0));
    let changed = with(named("b"), |rule| rule.threshold = 2.0);
    assert_eq!(set("config", vec![changed, named("c")]), (1, 1, 1));
    assert_eq!(set("builtin", alerts::builtin_rules()), (0, 0, 0));
    assert_eq!(names(&db, Some("config")), ["b", "c"]);
    let db = db.reopened();
    assert_eq!(names(&db, None).len(), 7);
}

#[test]
fn what_is_wrong_with_a_set_stores_nothing_of_it() {
    let db = open();
    try_set(&db, at(0), "builtin", vec![named("taken")]).unwrap();
    let check = |rules: Vec<Rule>, kind, item, text: &str| {
        let error = try_set(&db, at(0), "config", rules).unwrap_err();
        assert_eq!((error.kind(), error.item()), (kind, Some(item)), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        error
    };
    let wrong = with(named("b"), |rule| rule.metric = "no metric".to_owned());
    check(
        vec![named("a"), wrong],
        ErrorKind::InvalidInput,
        1,
        "item 1: metric: ",
    );
    check(
        vec![named("a"), named("a")],
        ErrorKind::InvalidInput,
        1,
        "`a` is given twice",
    );
    let found = check(
        vec![named("a"), named("taken")],
        ErrorKind::Conflict,
        1,
        "a rule of `builtin`",
    );
    assert_eq!(found.found(), Some("builtin"));
    assert_eq!(names(&db, Some("config")), [""; 0]);
}

#[test]
fn single_rules_are_put_and_deleted() {
    let db = open();
    let put = |rule: Rule| write(&db, move |tx| alerts::put_rule(tx, at(1), "api", rule));
    assert!(put(named("a")).unwrap());
    assert!(!put(named("a")).unwrap(), "nothing differs");
    let before = read(&db, |tx| alerts::rule(tx, "a")).unwrap();
    assert!(put(with(named("a"), |rule| rule.threshold = 7.0)).unwrap());
    let after = read(&db, |tx| alerts::rule(tx, "a")).unwrap();
    assert!(after.revision > before.revision && after.rule.threshold == 7.0);
    let delete =
        |source: &'static str| write(&db, move |tx| alerts::delete_rule(tx, at(2), source, "a"));
    assert_eq!(delete("config").unwrap_err().kind(), ErrorKind::Conflict);
    delete("api").unwrap();
    assert_eq!(delete("api").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn alerts_of_a_rule_that_goes_on_keep_their_state() {
    let db = open();
    set_rules(&db, at(0), vec![high()]);
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    let id = only(&db).id;
    acknowledge(&db, at(1), id).unwrap();
    let harsher = with(high(), |rule| {
        rule.severity = Severity::Critical;
        rule.repeat_after = Some(seconds(600));
    });
    set_rules(&db, at(2), vec![harsher]);
    assert_eq!(
        (evaluate(&db, at(3)).changed, evaluate(&db, at(3)).changed),
        (1, 0)
    );
    let alert = only(&db);
    assert_eq!((alert.id, alert.state), (id, State::Acknowledged));
    assert_eq!(
        (alert.severity, alert.repeat_after),
        (Severity::Critical, Some(seconds(600)))
    );
    assert_eq!(kinds(&db, id).last(), Some(&TransitionKind::Refreshed));
}

#[test]
fn a_changed_rule_keeps_what_escalation_has_raised() {
    let db = open();
    let step = Escalation {
        after: seconds(10),
        severity: Some(Severity::Emergency),
        targets: Vec::new(),
    };
    let escalating = with(high(), |rule| rule.escalation = vec![step]);
    set_rules(&db, at(0), vec![escalating.clone()]);
    measure(&db, at(0), "a", 2.0);
    evaluate(&db, at(0));
    super::escalate(&db, at(10), 10);
    set_rules(
        &db,
        at(11),
        vec![with(escalating, |rule| rule.severity = Severity::Critical)],
    );
    evaluate(&db, at(11));
    assert_eq!(
        (only(&db).severity, only(&db).escalated),
        (Severity::Emergency, 1)
    );
}

#[test]
fn alerts_of_a_rule_that_is_gone_or_off_are_resolved() {
    for (rules, why) in [
        (vec![], "its rule was removed"),
        (
            vec![with(high(), |rule| rule.enabled = false)],
            "its rule was switched off",
        ),
    ] {
        let db = open();
        set_rules(&db, at(0), vec![high()]);
        measure(&db, at(0), "a", 2.0);
        evaluate(&db, at(0));
        let id = only(&db).id;
        set_rules(&db, at(1), rules);
        assert_eq!(get(&db, id).resolved_why.as_deref(), Some(why));
        assert_eq!(story(&db, id).transitions[1].why, why);
        assert_eq!(evaluate(&db, at(2)).fired, 0);
    }
}

#[test]
fn no_rule_of_a_name_is_an_error() {
    let db = open();
    let error: Error = read(&db, |tx| alerts::rule(tx, "x\n")).unwrap_err();
    assert_eq!(
        (error.kind(), error.reason()),
        (ErrorKind::NotFound, "there is no rule `x\\n`")
    );
}

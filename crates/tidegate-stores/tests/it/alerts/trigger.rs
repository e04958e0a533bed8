//! Alerts by hand, and how many of them are taken.

use tidegate_stores::alerts::{
    self, Settings, Severity, State, TransitionKind, Trigger, Triggered,
};
use tidegate_stores::{ErrorKind, JsonText};

use super::{
    acknowledge, active, get, high, kinds, labels, measure, only, open_manual, read, resolve,
    seconds, set_rules, story, trigger, with, write,
};
use crate::support::{TestDb, at, open};

fn warning(message: &str) -> Trigger {
    Trigger::new("backup_failed", Severity::Warning, message, "cron")
}

#[test]
fn an_alert_is_opened_repeated_and_raised() {
    let db = open();
    let mut first = warning("disk is full");
    first.details = Some(JsonText::parse("details", r#"{"code":28}"#).unwrap());
    let Triggered::Opened(id) = trigger(&db, at(0), first) else {
        panic!("it was not there");
    };
    assert_eq!(
        trigger(&db, at(1), warning("still full")),
        Triggered::Repeated(id)
    );
    let worse = Trigger::new("backup_failed", Severity::Critical, "", "cron");
    assert_eq!(trigger(&db, at(2), worse), Triggered::Raised(id));
    let milder = Trigger::new("backup_failed", Severity::Info, "", "cron");
    assert_eq!(trigger(&db, at(3), milder), Triggered::Repeated(id));

    let alert = only(&db);
    assert_eq!((alert.occurrences, alert.severity), (4, Severity::Critical));
    assert_eq!((alert.seen_at, alert.fired_at), (at(3), Some(at(0))));
    assert_eq!(alert.annotations["message"], "still full");
    assert_eq!(alert.details.unwrap().as_str(), r#"{"code":28}"#);
    assert_eq!(
        kinds(&db, id),
        [TransitionKind::Opened, TransitionKind::Raised]
    );
    assert_eq!(story(&db, id).transitions[0].why, "disk is full");
}

#[test]
fn labels_tell_alerts_apart_and_severity_does_not() {
    let db = open();
    let of = |host: &str| {
        let mut one = warning("");
        one.labels = labels([("host", host)]);
        one
    };
    trigger(&db, at(0), of("a"));
    trigger(&db, at(0), of("b"));
    trigger(&db, at(0), of("a"));
    assert_eq!(active(&db).len(), 2);
}

#[test]
fn an_acknowledged_alert_stays_so_and_a_resolved_one_is_over() {
    let db = open();
    let id = open_manual(&db, at(0), "x", Severity::Warning);
    acknowledge(&db, at(1), id).unwrap();
    assert_eq!(open_manual(&db, at(2), "x", Severity::Emergency), id);
    let alert = get(&db, id);
    assert_eq!((alert.state, alert.is_muted), (State::Acknowledged, true));
    resolve(&db, at(3), id).unwrap();
    assert_ne!(open_manual(&db, at(4), "x", Severity::Warning), id);
}

#[test]
fn a_pending_alert_of_a_rule_fires() {
    let db = open();
    set_rules(
        &db,
        at(0),
        vec![with(high(), |rule| rule.hold = seconds(600))],
    );
    measure(&db, at(0), "a", 2.0);
    super::evaluate(&db, at(0));
    let mut by_hand = Trigger::new("high", Severity::Info, "it is real", "ada");
    by_hand.labels = labels([("host", "a")]);
    trigger(&db, at(1), by_hand);
    let alert = only(&db);
    assert_eq!(
        (alert.state, alert.severity),
        (State::Firing, Severity::Warning)
    );
    assert_eq!(
        kinds(&db, alert.id),
        [TransitionKind::Opened, TransitionKind::Fired]
    );
}

fn taken(db: &TestDb, second: i64, severity: Severity) -> bool {
    let one = Trigger::new("flood", severity, "", "test");
    trigger(db, at(second), one) != Triggered::Dropped
}

#[test]
fn too_many_are_dropped_and_counted() {
    let db = open();
    for n in 0..20 {
        assert!(taken(&db, n, Severity::Warning), "{n}");
    }
    assert!(!taken(&db, 20, Severity::Warning));
    assert!(!taken(&db, 21, Severity::Info));
    assert!(
        taken(&db, 22, Severity::Critical),
        "one that is more urgent is never dropped"
    );
    assert!(!taken(&db, 23, Severity::Critical));
    assert_eq!(only(&db).occurrences, 21);

    let page = read(&db, |tx| alerts::drops(tx, None, 10)).unwrap();
    assert_eq!((page.items.len(), page.items[0].dropped), (1, 3));
    assert_eq!(
        (&*page.items[0].name, page.items[0].dropped_at),
        ("flood", at(23))
    );
    assert_eq!(read(&db, alerts::dropped).unwrap(), 3);
    let db = db.reopened();
    assert!(!taken(&db, 299, Severity::Warning));
    assert!(
        !taken(&db, 300, Severity::Warning),
        "20 within the last 300 seconds"
    );
    assert!(taken(&db, 301, Severity::Warning));
    assert!(
        taken(&db, -1_000, Severity::Warning),
        "what lies ahead does not count"
    );
}

#[test]
fn limits_are_settings() {
    let db = open();
    let set = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        write(&db, move |tx| alerts::set_settings(tx, settings))
    };
    set(|settings| settings.rate_occurrences = 1).unwrap();
    assert!(taken(&db, 0, Severity::Warning) && !taken(&db, 1, Severity::Warning));
    let kept = read(&db, alerts::settings).unwrap();
    assert_eq!((kept.rate_occurrences, kept.rate_window), (1, seconds(300)));
    for (change, field) in [
        (
            (|s: &mut Settings| s.rate_occurrences = 0) as fn(&mut Settings),
            "rate_occurrences",
        ),
        (|s| s.rate_occurrences = 1_001, "rate_occurrences"),
        (|s| s.rate_window = seconds(0), "rate_window"),
        (|s| s.keep_resolved = seconds(u64::MAX), "keep_resolved"),
    ] {
        assert_eq!(set(change).unwrap_err().field(), Some(field));
    }
}

#[test]
fn what_is_wrong_is_refused_whole() {
    let db = open();
    let check = |change: &dyn Fn(&mut Trigger), field: &str| {
        let mut one = warning("");
        change(&mut one);
        let error = write(&db, move |tx| alerts::trigger(tx, at(0), one)).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::InvalidInput | ErrorKind::Limit
        ));
        assert_eq!(error.field(), Some(field));
    };
    check(&|one| one.name = String::new(), "name");
    check(&|one| one.name = "x".repeat(201), "name");
    check(&|one| one.message = "\0".to_owned(), "message");
    check(&|one| one.who = "a\nb".to_owned(), "who");
    check(
        &|one| one.labels = labels([("severity", "x")]),
        "labels.severity",
    );
    assert_eq!(active(&db), []);
    assert_eq!(
        read(&db, |tx| alerts::drops(tx, None, 10)).unwrap().items,
        []
    );
}

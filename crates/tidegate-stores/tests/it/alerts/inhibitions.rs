//! Alerts that keep others from being told, as they come and go.

use tidegate_stores::alerts::{self, Inhibition, Severity, TransitionKind};
use tidegate_stores::{ErrorKind, Id, Matcher, Result, Timestamp};

use super::{get, kinds, labels, read, resolve, trigger, write};
use crate::support::{TestDb, at, open};

fn is_muted(db: &TestDb, id: Id) -> bool {
    get(db, id).is_muted
}

fn inhibition(source: &str, target: &str, equal: &[&str]) -> Inhibition {
    Inhibition {
        name: format!("{source} over {target}"),
        source: Matcher::parse_list(source).unwrap(),
        target: Matcher::parse_list(target).unwrap(),
        equal: equal.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn set_inhibitions(db: &TestDb, now: Timestamp, all: Vec<Inhibition>) -> Result<()> {
    write(db, move |tx| alerts::set_inhibitions(tx, now, &all))
}

fn on(db: &TestDb, now: Timestamp, name: &str, severity: Severity, host: &str) -> Id {
    let mut one = alerts::Trigger::new(name, severity, "", "test");
    one.labels = labels([("host", host)]);
    trigger(db, now, one).alert().unwrap()
}

#[test]
fn a_cause_mutes_its_effects_while_it_fires() {
    let db = open();
    let rule = inhibition(
        "alertname=NodeDown",
        "severity=~\"info|warning\"",
        &["host"],
    );
    let slow = on(&db, at(0), "Slow", Severity::Warning, "a");
    let elsewhere = on(&db, at(0), "Slow", Severity::Warning, "b");
    let down = on(&db, at(0), "NodeDown", Severity::Critical, "a");
    set_inhibitions(&db, at(1), vec![rule.clone()]).unwrap();
    assert_eq!(get(&db, slow).inhibited_by, Some(down));
    assert!(!is_muted(&db, elsewhere) && !is_muted(&db, down));
    assert_eq!(read(&db, alerts::inhibitions).unwrap(), [rule]);

    resolve(&db, at(2), down).unwrap();
    assert!(!is_muted(&db, slow));
    let down = on(&db, at(3), "NodeDown", Severity::Critical, "a");
    assert!(is_muted(&db, slow));
    let late = on(&db, at(4), "Late", Severity::Info, "a");
    assert_eq!(get(&db, late).inhibited_by, Some(down));
    assert!(
        !kinds(&db, late).contains(&TransitionKind::Muted),
        "it was from the first moment"
    );
    on(&db, at(5), "Late", Severity::Critical, "a");
    assert!(!is_muted(&db, late), "it is no target any more");
    set_inhibitions(&db, at(6), vec![]).unwrap();
    assert!(!is_muted(&db, slow));
}

#[test]
fn an_inhibition_that_makes_no_sense_is_refused() {
    let db = open();
    let check = |all: Vec<Inhibition>, item, text: &str| {
        let error = set_inhibitions(&db, at(0), all).unwrap_err();
        assert_eq!(
            (error.kind(), error.item()),
            (ErrorKind::InvalidInput, Some(item))
        );
        assert!(error.to_string().contains(text), "{error}");
    };
    let good = inhibition("severity=critical", "severity=warning", &[]);
    check(
        vec![good.clone(), inhibition("a!=b", "c=d", &[])],
        1,
        "source: needs a matcher",
    );
    check(
        vec![good.clone(), inhibition("a=b", "c=~\"d?\"", &[])],
        1,
        "target: needs a matcher",
    );
    check(vec![inhibition("a=b", "c=d", &["x-y"])], 0, "equal: ");
    check(
        vec![inhibition("a=b", "a=b", &[])],
        0,
        "inhibits its own sources",
    );
    let back = inhibition("severity=warning", "severity=critical", &[]);
    check(vec![good, back], 0, "in a circle");
    assert_eq!(read(&db, alerts::inhibitions).unwrap(), []);
}

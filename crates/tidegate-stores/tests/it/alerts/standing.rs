//! What is told of many alerts at once: who acknowledged them, and how many each rule has.

use std::time::Duration;

use tidegate_stores::alerts::{self, Severity};
use tidegate_stores::{ErrorKind, Id, PAGE_ITEMS_MAX};

use super::{
    acknowledge, active, evaluate, high, measure, open_manual, read, set_rules, suppress, with,
    write,
};
use crate::support::{at, open};

#[test]
fn the_last_who_acknowledged_an_alert_is_told() {
    let db = open();
    let [one, two] = ["one", "two"].map(|name| open_manual(&db, at(0), name, Severity::Info));
    acknowledge(&db, at(1), one).unwrap();
    suppress(&db, at(2), one, at(100)).unwrap();
    write(&db, move |tx| {
        let again = alerts::Action::new("bob", "");
        alerts::acknowledge(tx, at(3), one, &again)
    })
    .unwrap();
    let who = read(&db, move |tx| alerts::acknowledged_by(tx, &[one, two])).unwrap();
    assert_eq!(
        who.into_iter().collect::<Vec<_>>(),
        [(one, "bob".to_owned())]
    );
    let nobody = read(&db, |tx| alerts::acknowledged_by(tx, &[])).unwrap();
    assert!(nobody.is_empty());
    let many = vec![Id::new(at(0)); PAGE_ITEMS_MAX + 1];
    let refused = read(&db, move |tx| alerts::acknowledged_by(tx, &many)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Limit);
}

#[test]
fn the_alerts_of_each_rule_are_counted() {
    let db = open();
    let slow = with(high(), |rule| {
        "slow".clone_into(&mut rule.name);
        rule.hold = Duration::from_secs(600);
    });
    set_rules(&db, at(0), vec![high(), slow]);
    for host in ["a", "b"] {
        measure(&db, at(0), host, 2.0);
    }
    open_manual(&db, at(0), "manual", Severity::Info);
    evaluate(&db, at(0));
    let fires = active(&db).into_iter().find(|alert| alert.name == "high");
    acknowledge(&db, at(1), fires.unwrap().id).unwrap();
    let standings = read(&db, alerts::standings).unwrap();
    let told: Vec<(&str, u64, u64)> = standings
        .iter()
        .map(|(rule, standing)| (&**rule, standing.pending, standing.firing))
        .collect();
    assert_eq!(told, [("high", 0, 2), ("slow", 2, 0)]);
}

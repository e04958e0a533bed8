//! Notifications on real files.

mod announcing;
mod choosing;
mod claiming;
mod forgetting;
mod ledger;
mod messages;
mod model;
mod outcomes;
mod plans;
mod routing;
mod scale;
mod targets;

use std::time::Duration;

use tidegate_stores::notify::{
    self, Announcement, Delivery, Message, Retry, Routes, Severity, Status, Target, TargetKind,
};
use tidegate_stores::{Error, Fingerprint, Id, JsonText, Labels, Result, Timestamp};

use crate::support::{TestDb, at, open};

/// How long a message belongs to whoever has claimed it, in these tests.
const LEASE: Duration = Duration::from_secs(60);

fn target(name: &str) -> Target {
    let settings = JsonText::parse("settings", "{}").unwrap();
    Target::new(name, TargetKind::Log, settings)
}

/// A file with these targets, all of which get everything.
fn with_targets(targets: Vec<Target>) -> TestDb {
    let db = open();
    let names: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
    let routes = Routes::new(Vec::new(), names);
    db.write(move |tx| {
        notify::set_targets(tx, at(0), "test", targets)?;
        notify::set_routes(tx, at(0), &routes)?;
        Ok(())
    })
    .unwrap();
    db
}

/// A file with the target `ops`, which gets everything.
fn with_ops() -> TestDb {
    with_targets(vec![target("ops")])
}

fn set_routes(db: &TestDb, now: Timestamp, routes: Routes) {
    db.write(move |tx| Ok(notify::set_routes(tx, now, &routes)?))
        .unwrap();
}

/// Brings alerts to where new routes lead, one at a time; gives how many.
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

/// A firing alert; `name` and `host` tell it from others.
fn firing(name: &str, host: &str) -> Announcement {
    let labels = Labels::new([("host", host)]).unwrap();
    Announcement {
        fingerprint: Fingerprint::of(name, &labels),
        alert: Id::new(at(0)),
        status: Status::Firing,
        is_muted: false,
        name: name.to_owned(),
        severity: Severity::Warning,
        labels,
        annotations: [("summary".to_owned(), format!("{name} on {host}"))].into(),
        value: Some(1.5),
        occurrences: 1,
        starts_at: at(0),
        ends_at: None,
        generator_url: None,
        repeat_after: None,
        further_targets: Vec::new(),
    }
}

/// The end of an alert.
fn resolved(alert: &Announcement, now: Timestamp) -> Announcement {
    Announcement {
        status: Status::Resolved,
        ends_at: Some(now),
        ..alert.clone()
    }
}

fn changed(alert: &Announcement, change: impl FnOnce(&mut Announcement)) -> Announcement {
    let mut alert = alert.clone();
    change(&mut alert);
    alert
}

fn announce(db: &TestDb, now: Timestamp, alert: &Announcement) {
    let alert = alert.clone();
    db.write(move |tx| Ok(notify::announce(tx, now, &alert)?))
        .unwrap();
}

fn claim(db: &TestDb, now: Timestamp, target: &str) -> Vec<Delivery> {
    let target = target.to_owned();
    db.write(move |tx| Ok(notify::claim(tx, now, &target, 100, LEASE)?))
        .unwrap()
}

/// The only message that is due.
fn claim_one(db: &TestDb, now: Timestamp, target: &str) -> Delivery {
    let mut deliveries = claim(db, now, target);
    assert_eq!(deliveries.len(), 1, "{deliveries:?}");
    deliveries.remove(0)
}

fn sent(db: &TestDb, now: Timestamp, delivery: &Delivery) {
    let receipt = delivery.receipt();
    db.write(move |tx| Ok(notify::sent(tx, now, receipt, Duration::from_millis(20))?))
        .unwrap();
}

/// Claims the only message that is due, and acknowledges it.
fn deliver(db: &TestDb, now: Timestamp, target: &str) -> Delivery {
    let delivery = claim_one(db, now, target);
    sent(db, now, &delivery);
    delivery
}

fn try_fail(db: &TestDb, now: Timestamp, delivery: &Delivery, retry: Retry) -> Result<()> {
    let receipt = delivery.receipt();
    let latency = Duration::from_millis(5);
    db.write(move |tx| Ok(notify::failed(tx, now, receipt, latency, "refused", retry)?))
        .map_err(Error::from)
}

fn fail(db: &TestDb, now: Timestamp, delivery: &Delivery, retry: Retry) {
    try_fail(db, now, delivery, retry).unwrap();
}

fn next_due(db: &TestDb, now: Timestamp) -> Option<Timestamp> {
    db.read(move |tx| Ok(notify::next_due(tx, now)?)).unwrap()
}

/// The open messages to a target.
fn outbox(db: &TestDb, target: &str) -> Vec<Message> {
    let target = target.to_owned();
    db.read(move |tx| Ok(notify::outbox(tx, &target, None, 1_000)?))
        .unwrap()
        .items
}

fn message(db: &TestDb, id: Id) -> Message {
    db.read(move |tx| Ok(notify::message(tx, id)?)).unwrap()
}

/// What a delivery tells: `+` for what fires, `-` for what is over, with the host.
fn told(delivery: &Delivery) -> Vec<String> {
    let mut told: Vec<String> = delivery
        .alerts
        .iter()
        .map(|alert| {
            let sign = match alert.status {
                Status::Firing => '+',
                Status::Resolved => '-',
            };
            format!("{sign}{}", alert.labels.get("host").unwrap_or_default())
        })
        .collect();
    told.sort();
    told
}

fn count(db: &TestDb, sql: &'static str) -> i64 {
    db.query_scalar(sql, ()).unwrap()
}

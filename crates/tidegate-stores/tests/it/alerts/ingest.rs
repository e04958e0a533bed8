//! Alerts that other programs push.

use tidegate_stores::alerts::{self, Ingested, Origin, Pushed, Severity, State, TransitionKind};
use tidegate_stores::{ErrorKind, Result, Timestamp};

use super::{
    acknowledge, active, escalate, get, kinds, labels, only, open_manual, resolve, state, write,
};
use crate::support::{TestDb, at, open};

fn pushed(starts_at: Option<Timestamp>, ends_at: Option<Timestamp>) -> Pushed {
    Pushed {
        labels: labels([("alertname", "Down"), ("severity", "page"), ("job", "api")]),
        annotations: [("summary".to_owned(), "api is down".to_owned())].into(),
        starts_at,
        ends_at,
        generator_url: Some("http://prometheus/graph".to_owned()),
    }
}

fn try_ingest(db: &TestDb, now: Timestamp, all: Vec<Pushed>) -> Result<Ingested> {
    write(db, move |tx| alerts::ingest(tx, now, all, "prometheus"))
}

/// How many were opened, repeated, resolved, ignored, dropped.
fn ingest(db: &TestDb, now: Timestamp, one: Pushed) -> [usize; 5] {
    let done = try_ingest(db, now, vec![one]).unwrap();
    [
        done.opened,
        done.repeated,
        done.resolved,
        done.ignored,
        done.dropped,
    ]
}

#[test]
fn name_and_severity_come_out_of_the_labels() {
    let db = open();
    assert_eq!(
        ingest(&db, at(0), pushed(Some(at(-60)), None)),
        [1, 0, 0, 0, 0]
    );
    let alert = only(&db);
    assert_eq!((&*alert.name, alert.origin), ("Down", Origin::Pushed));
    assert_eq!(
        (alert.severity, alert.state),
        (Severity::Emergency, State::Firing)
    );
    assert_eq!(alert.labels, labels([("job", "api")]));
    assert_eq!(
        (alert.fired_at, alert.expires_at),
        (Some(at(-60)), Some(at(300)))
    );
    assert_eq!(alert.annotations["summary"], "api is down");
    assert_eq!(
        alert.generator_url.as_deref(),
        Some("http://prometheus/graph")
    );
}

#[test]
fn severities_of_others_are_understood() {
    for (text, severity) in [
        ("critical", Severity::Critical),
        ("ERROR", Severity::Critical),
        ("warn", Severity::Warning),
        ("none", Severity::Info),
        ("fatal", Severity::Emergency),
        ("whatever", Severity::Warning),
        ("", Severity::Warning),
    ] {
        let db = open();
        let mut one = pushed(None, None);
        one.labels = labels([("alertname", "x"), ("severity", text)]);
        ingest(&db, at(0), one);
        assert_eq!(only(&db).severity, severity, "{text}");
    }
}

#[test]
fn one_that_nobody_repeats_is_resolved_by_the_step() {
    let db = open();
    ingest(&db, at(0), pushed(Some(at(0)), None));
    assert_eq!(
        ingest(&db, at(200), pushed(Some(at(0)), None)),
        [0, 1, 0, 0, 0]
    );
    let db = db.reopened();
    escalate(&db, at(499), 10);
    let id = only(&db).id;
    escalate(&db, at(600), 10);
    let alert = get(&db, id);
    assert_eq!(
        (alert.state, alert.resolved_at),
        (State::Resolved, Some(at(500)))
    );
    assert_eq!(alert.occurrences, 1, "to go on is no occurrence");
    assert_eq!(
        kinds(&db, id),
        [TransitionKind::Opened, TransitionKind::Resolved]
    );
}

#[test]
fn an_end_is_taken_at_its_word() {
    let db = open();
    ingest(&db, at(0), pushed(Some(at(0)), Some(at(1_000))));
    escalate(&db, at(999), 10);
    let id = only(&db).id;
    assert_eq!(
        ingest(&db, at(50), pushed(Some(at(0)), Some(at(40)))),
        [0, 0, 1, 0, 0]
    );
    assert_eq!(get(&db, id).resolved_at, Some(at(40)));
    assert_eq!(
        ingest(&db, at(50), pushed(Some(at(0)), Some(at(40)))),
        [0, 0, 0, 1, 0]
    );
    ingest(&db, at(60), pushed(Some(at(60)), Some(at(70))));
    escalate(&db, at(70), 10);
    assert_eq!(active(&db), []);
}

#[test]
fn another_beginning_is_another_occurrence() {
    let db = open();
    ingest(&db, at(0), pushed(Some(at(0)), None));
    ingest(&db, at(10), pushed(Some(at(5)), None));
    ingest(&db, at(20), pushed(Some(at(5)), None));
    assert_eq!(only(&db).occurrences, 2);
}

#[test]
fn going_on_is_not_limited() {
    let db = open();
    ingest(&db, at(0), pushed(Some(at(0)), None));
    let id = only(&db).id;
    acknowledge(&db, at(1), id).unwrap();
    for n in 1..100 {
        assert_eq!(
            ingest(&db, at(n * 10), pushed(Some(at(0)), None)),
            [0, 1, 0, 0, 0]
        );
        escalate(&db, at(n * 10), 10);
    }
    assert_eq!(state(&db, id), State::Acknowledged);
}

#[test]
fn opening_is_limited() {
    let db = open();
    for n in 0..20 {
        assert_eq!(ingest(&db, at(n), pushed(Some(at(n)), None))[0], 1);
        resolve(&db, at(n), only(&db).id).unwrap();
    }
    assert_eq!(
        ingest(&db, at(20), pushed(Some(at(20)), None)),
        [0, 0, 0, 0, 1]
    );
}

#[test]
fn what_others_opened_is_not_ended_from_outside() {
    let db = open();
    let id = open_manual(&db, at(0), "Down", Severity::Info);
    let mut over = pushed(Some(at(0)), Some(at(1)));
    over.labels = labels([("alertname", "Down")]);
    assert_eq!(ingest(&db, at(2), over.clone()), [0, 0, 0, 1, 0]);
    over.ends_at = None;
    assert_eq!(ingest(&db, at(3), over), [0, 1, 0, 0, 0]);
    assert_eq!(
        (get(&db, id).origin, get(&db, id).expires_at),
        (Origin::Manual, None)
    );
}

#[test]
fn all_are_taken_or_none() {
    let db = open();
    for (wrong, field) in [
        (
            Pushed {
                labels: labels([("job", "x")]),
                ..pushed(None, None)
            },
            "labels",
        ),
        (
            Pushed {
                labels: labels([("alertname", "a\nb")]),
                ..pushed(None, None)
            },
            "labels.alertname",
        ),
        (pushed(Some(at(5)), Some(at(4))), "ends_at"),
        (
            Pushed {
                generator_url: Some("x".repeat(2_049)),
                ..pushed(None, None)
            },
            "generator_url",
        ),
        (
            Pushed {
                annotations: [("a b".to_owned(), String::new())].into(),
                ..pushed(None, None)
            },
            "annotations",
        ),
    ] {
        let error = try_ingest(&db, at(0), vec![pushed(None, None), wrong]).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::InvalidInput | ErrorKind::Limit
        ));
        assert_eq!(
            (error.item(), error.field()),
            (Some(1), Some(field)),
            "{error}"
        );
    }
    assert_eq!(active(&db), []);
}

//! Tests of what a message tells.

use super::{Decision, Member, decide};
use crate::json_text::JsonText;
use crate::notify::announcement::Status;
use crate::notify::flow::Flow;
use crate::notify::message::Reason;
use crate::notify::pace::Pace;
use crate::notify::route::Route;
use crate::notify::severity::Severity;
use crate::notify::target::{Target, TargetKind};
use crate::timestamp::Timestamp;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).expect("a time")
}

fn member(alert: i64, status: Status, told: Option<i64>) -> Member {
    Member {
        alert,
        told,
        version: 2,
        status,
        is_muted: false,
        severity: Severity::Warning,
        starts_at: at(0),
        repeat_after: None,
    }
}

fn flow(route: Option<&str>) -> Flow {
    Flow {
        id: 1,
        target: "ops".to_owned(),
        route: route.map(str::to_owned),
        flushed_at: Some(at(100)),
        sent_at: Some(at(100)),
        is_changed: false,
        failures: 0,
    }
}

fn ops() -> Target {
    let settings = JsonText::parse("settings", "{}").expect("is JSON");
    Target::new("ops", TargetKind::Log, settings)
}

fn decision(flow: &Flow, target: &Target, members: Vec<Member>) -> (Decision, Vec<i64>) {
    let pace = Pace::of(&Route::new("r", [""; 0]));
    decide(at(200), flow, target, &pace, members)
}

/// The reason of what is told and the alerts in their order, and the alerts that are let go.
fn check(members: Vec<Member>, expected: Option<(Reason, &[i64])>, expected_over: &[i64]) {
    let (decision, over) = decision(&flow(Some("r")), &ops(), members.clone());
    let told = match &decision {
        Decision::Tell(tale) => {
            let alerts: Vec<i64> = tale.members.iter().map(|member| member.alert).collect();
            Some((tale.reason, alerts))
        }
        Decision::Nothing | Decision::Later(_) => None,
    };
    let told = told.as_ref().map(|(reason, alerts)| (*reason, &**alerts));
    assert_eq!((told, &*over), (expected, expected_over), "{members:?}");
}

#[test]
fn what_is_new_changed_or_over_is_told() {
    use Status::{Firing, Resolved};
    let muted = |mut member: Member| {
        member.is_muted = true;
        member
    };
    check(vec![], None, &[]);
    check(
        vec![member(1, Firing, None)],
        Some((Reason::New, &[1])),
        &[],
    );
    check(
        vec![member(1, Firing, Some(1))],
        Some((Reason::Changed, &[1])),
        &[],
    );
    check(vec![member(1, Firing, Some(2))], None, &[]);
    check(
        vec![member(1, Resolved, Some(1))],
        Some((Reason::Resolved, &[1])),
        &[],
    );
    check(vec![member(1, Resolved, None)], None, &[1]);
    check(vec![muted(member(1, Firing, None))], None, &[]);
    check(vec![muted(member(1, Resolved, Some(1)))], None, &[1]);
    check(
        vec![
            member(1, Resolved, Some(1)),
            member(2, Firing, Some(2)),
            member(3, Firing, None),
            muted(member(4, Firing, None)),
            member(5, Resolved, None),
        ],
        Some((Reason::New, &[3, 2, 1])),
        &[5],
    );
}

#[test]
fn the_urgent_and_the_older_come_first() {
    let mut urgent = member(3, Status::Firing, None);
    urgent.severity = Severity::Emergency;
    let mut older = member(2, Status::Firing, None);
    older.starts_at = Timestamp::MIN;
    let mut newer = member(1, Status::Firing, None);
    newer.starts_at = at(5);
    check(
        vec![newer, older, urgent],
        Some((Reason::New, &[3, 2, 1])),
        &[],
    );
}

#[test]
fn nothing_is_repeated_before_its_time() {
    let mut impatient = member(2, Status::Firing, Some(2));
    impatient.repeat_after = Some(150_000_000);
    let told = member(1, Status::Firing, Some(2));
    let later = |members| match decision(&flow(Some("r")), &ops(), members).0 {
        Decision::Later(due) => due,
        other => panic!("{other:?}"),
    };
    assert_eq!(later(vec![told.clone()]), at(100 + 4 * 3_600));
    assert_eq!(later(vec![told, impatient.clone()]), at(250));
    impatient.repeat_after = Some(100_000_000);
    check(vec![impatient], Some((Reason::Repeat, &[2])), &[]);
}

#[test]
fn a_target_chooses_what_it_hears() {
    let mut choosy = ops();
    choosy.severity_min = Severity::Critical;
    choosy.send_resolved = false;
    let members = vec![
        member(1, Status::Firing, None),
        member(2, Status::Resolved, Some(1)),
    ];
    let (told, over) = decision(&flow(Some("r")), &choosy, members.clone());
    assert!(matches!(told, Decision::Nothing), "{told:?}");
    assert_eq!(over, [2]);
    // An escalation names its targets, however urgent it is.
    let (told, _) = decision(&flow(None), &choosy, members);
    assert!(
        matches!(told, Decision::Tell(tale) if tale.reason == Reason::Escalation && tale.firing == 1)
    );
}

#[test]
fn a_digest_stands_for_what_is_told() {
    let digest = |members| match decision(&flow(Some("r")), &ops(), members).0 {
        Decision::Tell(tale) => tale.digest(),
        other => panic!("{other:?}"),
    };
    let (one, two) = (
        member(1, Status::Firing, None),
        member(2, Status::Firing, Some(2)),
    );
    let whole = digest(vec![one.clone(), two.clone()]);
    assert_eq!(digest(vec![two.clone(), one.clone()]), whole);
    assert_ne!(digest(vec![one.clone()]), whole);
    let mut other = one;
    other.version = 3;
    assert_ne!(digest(vec![other, two]), whole);
}

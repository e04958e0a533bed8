//! What people do with alerts, and what stops them.

use std::sync::Barrier;

use tidegate_stores::ErrorKind;
use tidegate_stores::alerts::{self, Action, Severity, State, TransitionKind};
use tidegate_stores::{Id, Timestamp};

use super::{acknowledge, get, kinds, open_manual, resolve, state, story, suppress, write};
use crate::support::{TestDb, at, open};

fn alert_in(db: &TestDb, wanted: State) -> Id {
    let id = open_manual(db, at(0), wanted.as_str(), Severity::Warning);
    match wanted {
        State::Acknowledged => drop(acknowledge(db, at(1), id).unwrap()),
        State::Suppressed => drop(suppress(db, at(1), id, at(100)).unwrap()),
        State::Resolved => drop(resolve(db, at(1), id).unwrap()),
        _ => {}
    }
    assert_eq!(state(db, id), wanted);
    id
}

#[test]
fn only_some_actions_fit_a_state() {
    use State::{Acknowledged, Firing, Resolved, Suppressed};
    type Do = fn(&TestDb, Timestamp, Id) -> tidegate_stores::Result<alerts::Alert>;
    let put_off: Do = |db, now, id| suppress(db, now, id, at(200));
    for (action, becomes, refusing) in [
        (
            acknowledge as Do,
            Acknowledged,
            vec![Acknowledged, Resolved],
        ),
        (put_off, Suppressed, vec![Resolved]),
        (resolve as Do, Resolved, vec![Resolved]),
    ] {
        for from in [Firing, Acknowledged, Suppressed, Resolved] {
            let db = open();
            let id = alert_in(&db, from);
            let before = story(&db, id);
            match action(&db, at(2), id) {
                Ok(alert) => {
                    assert!(!refusing.contains(&from), "{from} {becomes}");
                    assert_eq!((alert.state, alert.changed_at), (becomes, at(2)));
                    assert_eq!(alert, get(&db, id));
                    let told = story(&db, id).transitions.pop().unwrap();
                    assert_eq!((told.from_state, told.to_state), (Some(from), becomes));
                    assert_eq!((told.who.as_deref(), told.at), (Some("ada"), at(2)));
                }
                Err(error) => {
                    assert!(refusing.contains(&from), "{from} {becomes}: {error}");
                    assert_eq!(
                        (error.kind(), error.found()),
                        (ErrorKind::Conflict, Some(from.as_str()))
                    );
                    assert_eq!(story(&db, id), before);
                }
            }
        }
    }
}

#[test]
fn the_expected_state_is_checked() {
    let db = open();
    let id = alert_in(&db, State::Suppressed);
    let try_with = |state| {
        let action = Action::new("ada", "").expecting(state);
        write(&db, move |tx| alerts::acknowledge(tx, at(2), id, &action))
    };
    let error = try_with(State::Firing).unwrap_err();
    assert_eq!(
        (error.kind(), error.found()),
        (ErrorKind::Conflict, Some("suppressed"))
    );
    try_with(State::Suppressed).unwrap();
}

#[test]
fn of_two_at_once_one_wins_and_the_other_is_told() {
    let db = open();
    for round in 0..20 {
        let id = open_manual(&db, at(round * 60), "race", Severity::Warning);
        let barrier = Barrier::new(2);
        let results: Vec<_> = std::thread::scope(|scope| {
            let spawn = |_| {
                scope.spawn(|| {
                    barrier.wait();
                    acknowledge(&db, at(round * 60), id)
                })
            };
            let operators: Vec<_> = (0..2).map(spawn).collect();
            operators
                .into_iter()
                .map(|operator| operator.join().unwrap())
                .collect()
        });
        let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(
            (errors[0].kind(), errors[0].found()),
            (ErrorKind::Conflict, Some("acknowledged"))
        );
        assert_eq!(
            kinds(&db, id),
            [TransitionKind::Opened, TransitionKind::Acknowledged]
        );
        resolve(&db, at(round * 60), id).unwrap();
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let db = open();
    let id = alert_in(&db, State::Firing);
    let until = |until, field: &str| {
        let error = suppress(&db, at(10), id, until).unwrap_err();
        assert_eq!(error.field(), Some(field));
    };
    until(at(10), "until");
    until(at(400 * 86_400), "until");
    let who = |who: &str| {
        let action = Action::new(who, "");
        write(&db, move |tx| alerts::resolve(tx, at(10), id, &action)).unwrap_err()
    };
    assert_eq!(
        (who("").field(), who("a\u{1b}[31m").field()),
        (Some("who"), Some("who"))
    );
    let unknown = resolve(&db, at(10), Id::new(at(9))).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert_eq!(state(&db, id), State::Firing);
}

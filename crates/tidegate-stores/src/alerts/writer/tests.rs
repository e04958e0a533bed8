//! What is announced of an alert in each of its states.

use super::announcement;
use crate::alerts::in_json::InJson;
use crate::alerts::origin::Origin;
use crate::alerts::record::Record;
use crate::alerts::state::State;
use crate::id::Id;
use crate::labels::Labels;
use crate::notify::{Severity, Status};
use crate::timestamp::Timestamp;

fn second(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000).unwrap()
}

fn record(state: State) -> Record {
    let labels = Labels::new([("host", "a")]).unwrap();
    let mut record = Record::new(second(1), "x", labels, Origin::Manual, Severity::Warning);
    record.state = state;
    record.fired_at = (state != State::Pending).then_some(second(2));
    record.resolved_at = (state == State::Resolved).then_some(second(3));
    record
}

#[test]
fn what_never_fired_is_nobodys_concern() {
    assert_eq!(announcement(&record(State::Pending)), None);
    let mut over = record(State::Resolved);
    over.fired_at = None;
    assert_eq!(announcement(&over), None);
}

#[test]
fn each_state_is_told_or_muted() {
    for (state, status, is_muted) in [
        (State::Firing, Status::Firing, false),
        (State::Acknowledged, Status::Firing, true),
        (State::Suppressed, Status::Firing, true),
        (State::Resolved, Status::Resolved, false),
    ] {
        let told = announcement(&record(state)).unwrap();
        assert_eq!((told.status, told.is_muted), (status, is_muted), "{state}");
        assert_eq!(
            (told.starts_at, told.fingerprint),
            (second(2), record(state).fingerprint)
        );
        assert_eq!(told.ends_at.is_some(), state == State::Resolved);
    }
}

#[test]
fn silences_and_other_alerts_mute() {
    for state in [State::Firing, State::Resolved] {
        let mut silenced = record(state);
        silenced.silenced_by = InJson(vec![Id::new(second(0))]);
        assert!(announcement(&silenced).unwrap().is_muted);
        let mut inhibited = record(state);
        inhibited.inhibited_by = Some(Id::new(second(0)));
        assert!(announcement(&inhibited).unwrap().is_muted);
    }
}

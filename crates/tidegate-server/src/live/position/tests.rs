//! Tests of the places as text.

use super::*;

#[test]
fn a_place_is_read_as_it_is_written() {
    for text in ["12", "events=12"] {
        let mut positions = Positions::of_topics(Some("events")).unwrap();
        positions.go_on_after(text).unwrap();
        assert_eq!(positions.to_string(), "events=12");
    }
}

#[test]
fn what_is_no_place_is_refused_with_its_field() {
    let check = |text: &str| {
        let mut positions = Positions::of_topics(None).unwrap();
        let problem = positions.go_on_after(text).unwrap_err();
        assert_eq!(problem.code(), Code::InvalidField, "{text}");
    };
    for text in [
        "",
        "events",
        "events=",
        "events=x",
        "events=-1",
        "tides=1",
        "events=1,",
    ] {
        check(text);
    }
    for names in ["", "tides", "events,tides", "Events"] {
        assert!(Positions::of_topics(Some(names)).is_err(), "{names}");
    }
}

#[test]
fn a_topic_named_twice_is_told_once() {
    let positions = Positions::of_topics(Some("events,events")).unwrap();
    assert_eq!(positions.iter().count(), 1);
}

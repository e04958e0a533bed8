//! Tests of the trace context.

use tidegate_stores::Timestamp;

use super::*;

const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_trace_goes_on() {
    let given = TraceParent::parse(GIVEN).unwrap();
    assert_eq!(given.to_string(), GIVEN);
    let child = given.child(Id::new(Timestamp::MIN)).to_string();
    assert_eq!(child[..36], GIVEN[..36]);
    assert_ne!(child[36..52], GIVEN[36..52]);
    assert_eq!(child[52..], GIVEN[52..]);
}

#[test]
fn a_later_version_is_read_as_far_as_it_is_known() {
    let later = format!("01{}-more", &GIVEN[2..]);
    assert!(TraceParent::parse(&later).is_some());
}

#[test]
fn what_is_none_is_passed_over() {
    let zero_trace = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
    let zero_span = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01";
    let version = format!("ff{}", &GIVEN[2..]);
    let long = format!("{GIVEN}-more");
    let upper = GIVEN.to_uppercase();
    for text in [
        "",
        "00",
        zero_trace,
        zero_span,
        &version,
        &long,
        &upper,
        &GIVEN[1..],
    ] {
        assert_eq!(TraceParent::parse(text), None, "{text}");
    }
}

#[test]
fn a_beginning_is_a_valid_parent() {
    let beginning = TraceParent::beginning(Id::new(Timestamp::MIN));
    assert_eq!(TraceParent::parse(&beginning.to_string()), Some(beginning));
}

//! Tests of the error type.

use std::error::Error as _;

use super::{Error, ErrorKind};

fn check(error: &Error, kind: ErrorKind, text: &str) {
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
}

#[test]
fn errors_say_where_and_why() {
    let invalid = Error::invalid("title", "must not be empty").of_item(3);
    check(
        &invalid,
        ErrorKind::InvalidInput,
        "item 3: title: must not be empty",
    );
    assert_eq!((invalid.field(), invalid.item()), (Some("title"), Some(3)));
    let limit = Error::limit("labels", "at most 64, 70 given");
    check(&limit, ErrorKind::Limit, "labels: at most 64, 70 given");
    assert!(limit.database().is_none() && limit.source().is_none());
}

#[test]
fn a_store_error_survives_the_way_through_the_driver() {
    let through = tidegate::Error::from(Error::invalid("title", "must not be empty").at(7));
    assert_eq!(through.kind(), tidegate::ErrorKind::Application);
    let back = Error::from(through);
    check(&back, ErrorKind::InvalidInput, "title: must not be empty");
    assert_eq!(back.position(), Some(7));
}

#[test]
fn a_database_error_survives_the_way_through_a_store() {
    let io = || tidegate::Error::from(std::io::Error::other("broken"));
    let wrapped = Error::from(io());
    assert_eq!(wrapped.kind(), ErrorKind::Database);
    assert_eq!(wrapped.field(), None);
    let text = wrapped.source().map(ToString::to_string);
    assert_eq!(text, Some(io().to_string()));
    assert_eq!(
        tidegate::Error::from(wrapped).kind(),
        tidegate::ErrorKind::Io
    );
}

#[test]
fn codes_are_distinct() {
    let mut codes: Vec<&str> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    codes.dedup();
    assert_eq!(codes.len(), ErrorKind::ALL.len());
    assert_eq!(ErrorKind::NotFound.to_string(), "not_found");
}

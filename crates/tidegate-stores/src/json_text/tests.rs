//! Tests of JSON as text.

use std::collections::BTreeMap;

use super::{JSON_BYTES_MAX, JsonText};
use crate::error::ErrorKind;

#[test]
fn documents_are_kept_as_they_were_given() {
    for text in ["{}", " [1, 2.50] ", "null", r#"{"a":{"b":"\u0000"}}"#] {
        assert_eq!(JsonText::parse("details", text).expect(text).as_str(), text);
    }
}

#[test]
fn other_text_is_refused_with_its_place() {
    for (text, position) in [
        ("", 0),
        ("{", 0),
        ("{\"a\":\nx}", 6),
        ("{} {}", 3),
        ("NaN", 0),
    ] {
        let error = JsonText::parse("details", text).expect_err(text);
        assert_eq!(
            (error.field(), error.position()),
            (Some("details"), Some(position)),
            "{error}"
        );
    }
}

#[test]
fn depth_and_length_are_limited() {
    let deep = "[".repeat(20_000);
    assert_eq!(
        JsonText::parse("details", deep).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    let long = format!("\"{}\"", "x".repeat(JSON_BYTES_MAX));
    assert_eq!(
        JsonText::parse("details", long).unwrap_err().kind(),
        ErrorKind::Limit
    );
}

#[test]
fn values_go_in_and_out() {
    let value = BTreeMap::from([("cpu".to_owned(), 0.5)]);
    let json = JsonText::from_value("usage", &value).expect("a document");
    assert_eq!(json.to_string(), r#"{"cpu":0.5}"#);
    assert_eq!(
        json.decode::<BTreeMap<String, f64>>("usage")
            .expect("the same"),
        value
    );
    let error = json.decode::<Vec<u8>>("usage").unwrap_err();
    assert!(
        error.to_string().starts_with("usage: has another shape"),
        "{error}"
    );
    let keyed = BTreeMap::from([((1, 2), 3)]);
    assert!(JsonText::from_value("usage", &keyed).is_err());
}

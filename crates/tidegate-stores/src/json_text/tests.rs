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
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for levels in [1, 127] {
        assert!(
            JsonText::parse("details", nested(levels)).is_ok(),
            "{levels}"
        );
    }
    let brackets_in_text = format!(r#"["{}\"{}"]"#, "[".repeat(200), "[".repeat(200));
    assert!(JsonText::parse("details", brackets_in_text).is_ok());
    for levels in [128, 20_000] {
        let error = JsonText::parse("details", nested(levels)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{levels}");
    }
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

#[test]
fn what_is_deserialised_is_checked_too() {
    let read = |text: &str| serde_json::from_value::<JsonText>(serde_json::Value::from(text));
    assert_eq!(read("[1]").expect("a document").as_str(), "[1]");
    for text in ["", "{", "{} {}"] {
        assert!(read(text).is_err(), "{text}");
    }
}

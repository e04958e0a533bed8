//! Tests of lists and things as text.

use serde_json::json;

use super::*;

const COLUMNS: &[Column] = &[
    left("name", "/name"),
    left("labels", "/labels"),
    right("count", "/count"),
];

#[track_caller]
fn check(value: Json, expected: &str) {
    assert_eq!(plain(&value), expected);
}

#[test]
fn values_as_text() {
    check(json!(null), "");
    check(json!(true), "yes");
    check(json!(["a", 2]), "a, 2");
    check(json!({"job": "api", "n": 1}), "job=\"api\",n=1");
    check(json!(0.5), "0.5");
}

fn listing(document: Json) -> Listing {
    Listing {
        document,
        columns: COLUMNS,
        nothing: "nothing",
    }
}

#[test]
fn a_list_has_a_line_for_each_item_and_says_how_to_go_on() {
    let text = listing(json!({
        "items": [{"name": "a\u{1b}[31m", "labels": {"x": "1"}, "count": 7}, {"name": "b"}],
        "next": "abc"
    }))
    .to_text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].contains("name") && lines[0].contains("count"),
        "{text}"
    );
    assert!(
        lines[2].contains("x=\"1\"") && lines[2].ends_with('7'),
        "{text}"
    );
    assert!(!lines[2].contains('\u{1b}'), "{text:?}");
    assert!(text.contains("more: --cursor abc"), "{text}");
    assert_eq!(listing(json!({"items": []})).to_text(), "nothing");
}

#[test]
fn spreadsheets_get_numbers_and_nulls() {
    let (names, rows) = listing(json!({"items": [{"name": "a", "count": 1.5}]}))
        .to_csv()
        .unwrap();
    assert_eq!(names, ["name", "labels", "count"]);
    let expected = [Value::from("a"), Value::Null, Value::from(1.5)];
    assert_eq!(rows, [expected.to_vec()]);
}

#[test]
fn a_thing_leaves_out_what_is_not_there() {
    let thing = Thing {
        document: json!({"name": "a", "count": 0}),
        heading: "Thing".to_owned(),
        fields: COLUMNS,
    };
    let text = thing.to_text();
    assert!(
        text.contains("name") && text.contains("count") && !text.contains("labels"),
        "{text}"
    );
}

//! Tests of what is said of a wrong document.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    #[expect(dead_code, reason = "only its reading is tested")]
    items: Vec<Inner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    #[expect(dead_code, reason = "only its reading is tested")]
    value: f64,
    #[expect(dead_code, reason = "only its reading is tested")]
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[test]
fn each_mistake_has_its_code_and_field() {
    let check = |text: &str, code, field: Option<&str>| {
        let found = json::<Outer>(text.as_bytes()).unwrap_err();
        let rendered = format!("{found:?}");
        assert_eq!(found.code(), code, "{text}: {rendered}");
        assert!(
            rendered.contains(&format!("field: {field:?}")),
            "{text}: {rendered}"
        );
    };
    check("", Code::InvalidJson, None);
    check("{\"items\": [", Code::InvalidJson, None);
    check("{\"items\": []} x", Code::InvalidJson, None);
    check("{\"items\": [{\"value\": NaN}]}", Code::InvalidJson, None);
    check("{\"items\": [{\"value\": 1e999}]}", Code::InvalidJson, None);
    check("{\"things\": []}", Code::UnknownField, Some("things"));
    check("{}", Code::InvalidField, Some("items"));
    check("[]", Code::InvalidField, None);
    check(
        "{\"items\": [{\"value\": 1, \"valeu\": 2}]}",
        Code::UnknownField,
        Some("items[0].valeu"),
    );
    check(
        "{\"items\": [{}]}",
        Code::InvalidField,
        Some("items[0].value"),
    );
    check(
        "{\"items\": [{\"value\": null}]}",
        Code::InvalidField,
        Some("items[0].value"),
    );
    let labels = "{\"items\": [{\"value\": 1, \"labels\": {\"a\": 5}}]}";
    check(labels, Code::InvalidField, Some("items[0].labels.a"));
    check(&"[".repeat(33), Code::TooDeep, None);
    check(&"{\"a\":".repeat(1_000_000), Code::TooDeep, None);
}

#[test]
fn brackets_in_texts_are_no_depth() {
    let text = format!("\"{}\\\"{}\"", "[".repeat(100), "{".repeat(100));
    assert!(json::<String>(text.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::<Outer>(&bytes);
    }
}

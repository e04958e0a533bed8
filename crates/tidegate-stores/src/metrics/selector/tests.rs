//! Tests of selectors.

use proptest::prelude::*;

use super::Selector;
use crate::labels::Labels;
use crate::metrics::series::Series;

fn check(text: &str, canonical: &str) {
    let selector = Selector::parse(text).expect(text);
    assert_eq!(selector.to_string(), canonical);
    assert_eq!(Selector::parse(canonical).expect(canonical), selector);
}

#[test]
fn selectors_are_read_and_written() {
    check("up", "up");
    check(" up {} ", "up");
    check(
        "up{job=api, zone!~\"eu.*\"}",
        r#"up{job="api",zone!~"eu.*"}"#,
    );
    check("a:b{x=\"{\"}", r#"a:b{x="{"}"#);
}

#[test]
fn wrong_text_is_refused_with_its_place() {
    let refused = |text: &str| {
        let error = Selector::parse(text).expect_err(text);
        (error.field().map(str::to_owned), error.position())
    };
    for (text, field, position) in [
        ("", "name", None),
        ("{job=\"api\"}", "name", None),
        ("a-b", "name", None),
        ("up{job}", "matchers", Some(6)),
        ("up{job=\"api\"", "matchers", Some(12)),
        ("up{} x", "matchers", Some(5)),
    ] {
        assert_eq!(refused(text), (Some(field.to_owned()), position), "{text}");
    }
}

#[test]
fn all_conditions_must_hold() {
    let series = Series::new(
        "up",
        Labels::new([("job", "api"), ("zone", "eu-1")]).expect("labels"),
    )
    .expect("a series");
    for (text, expected) in [
        ("up", true),
        ("down", false),
        ("up{job=\"api\",zone=~\"eu.*\"}", true),
        ("up{job=\"api\",zone=~\"us.*\"}", false),
        ("up{none=\"\"}", true),
    ] {
        assert_eq!(
            Selector::parse(text).expect(text).matches(&series),
            expected,
            "{text}"
        );
    }
    let label = |text: &str| {
        Selector::parse(text)
            .expect(text)
            .required_label()
            .map(|(n, v)| format!("{n} {v}"))
    };
    assert_eq!(label("up{a=\"\",b!=\"x\",c=\"y\"}"), Some("c y".to_owned()));
    assert_eq!(label("up{a=~\"y\"}"), None);
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[a-z{}=\", ]{0,20}|\\PC{0,20}") {
        let _ = Selector::parse(&text);
    }
}

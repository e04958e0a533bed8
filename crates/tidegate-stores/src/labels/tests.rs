//! Tests of sets of labels.

use proptest::prelude::*;

use super::{LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX, LABELS_MAX, Labels};
use crate::error::ErrorKind;
use crate::fingerprint::Fingerprint;

fn check(pairs: &[(&str, &str)], json: &str) {
    let labels = Labels::new(pairs.iter().copied()).expect(json);
    assert_eq!(labels.to_json(), json);
    assert_eq!(Labels::from_json(json).expect(json), labels);
}

fn refused(pairs: &[(&str, &str)]) -> (ErrorKind, String) {
    let error = Labels::new(pairs.iter().copied()).expect_err("refused");
    (error.kind(), error.to_string())
}

#[test]
fn there_is_one_text_for_each_set() {
    check(&[], "{}");
    check(&[("b", "2"), ("a", "1")], r#"{"a":"1","b":"2"}"#);
    check(&[("a", ""), ("b", "x")], r#"{"b":"x"}"#);
    check(&[("_", "a\"\\\n\u{1}é")], r#"{"_":"a\"\\\n\u0001é"}"#);
    let spaced = Labels::from_json(" { \"b\" : \"2\", \"a\" : \"\\u0031\" } ").expect("JSON");
    assert_eq!(spaced.to_json(), r#"{"a":"1","b":"2"}"#);
}

#[test]
fn wrong_labels_are_refused() {
    for name in ["", "1a", "a-b", "a b", "ä", "a.b", "a\n"] {
        let (kind, text) = refused(&[(name, "x")]);
        assert_eq!(kind, ErrorKind::InvalidInput);
        assert!(
            text.ends_with("is no label name: [a-zA-Z_][a-zA-Z0-9_]*"),
            "{text}"
        );
    }
    let invalid = |text: &str| (ErrorKind::InvalidInput, text.to_owned());
    assert_eq!(
        refused(&[("a", "1"), ("a", "2")]),
        invalid("labels: a is given twice")
    );
    assert_eq!(
        refused(&[("a", ""), ("a", "2")]),
        invalid("labels: a is given twice")
    );
    assert_eq!(
        refused(&[("a", "\0")]),
        invalid("labels: the value of a holds the character NUL")
    );
    for text in [
        "",
        "[]",
        "null",
        r#"{"a":1}"#,
        r#"{"a":null}"#,
        r#"{"a":"1""#,
        r#"{"a":"1","a":"2"}"#,
    ] {
        assert!(Labels::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn there_are_limits() {
    let many = (0..=LABELS_MAX).map(|n| (format!("l{n}"), "x"));
    assert_eq!(Labels::new(many).unwrap_err().kind(), ErrorKind::Limit);
    let (name, value) = (
        "n".repeat(LABEL_NAME_BYTES_MAX),
        "v".repeat(LABEL_VALUE_BYTES_MAX),
    );
    assert!(Labels::new([(&name, &value)]).is_ok());
    assert_eq!(refused(&[(&format!("{name}n"), "x")]).0, ErrorKind::Limit);
    assert_eq!(refused(&[("a", &format!("{value}v"))]).0, ErrorKind::Limit);
}

#[test]
fn sets_are_looked_up_joined_and_cut() {
    let labels = Labels::new([("job", "api"), ("env", "prod")]).expect("labels");
    assert_eq!(
        (labels.get("env"), labels.get("zone")),
        (Some("prod"), None)
    );
    let other = Labels::new([("env", "test"), ("zone", "a")]).expect("labels");
    let joined = labels.with(&other).expect("few enough");
    assert_eq!(joined.to_string(), r#"{env="test",job="api",zone="a"}"#);
    assert_eq!(joined.only(&["zone", "none"]).to_string(), r#"{zone="a"}"#);
    assert!(Labels::empty().is_empty() && joined.len() == 3);
}

#[test]
fn the_text_form_is_escaped() {
    let labels = Labels::new([("a", "x\"\\\ny")]).expect("labels");
    assert_eq!(labels.to_string(), r#"{a="x\"\\\ny"}"#);
}

/// What was released must never change: it stands in databases.
#[test]
fn fingerprints_stay_what_they_are() {
    let labels = Labels::new([("job", "api"), ("env", "prod")]).expect("labels");
    let print = Fingerprint::of("up", &labels).to_string();
    assert_eq!(print, "52c3a1bcb948d4790d46fee990e09652");
    assert_ne!(print, Fingerprint::of("up", &Labels::empty()).to_string());
    assert_ne!(print, Fingerprint::of("down", &labels).to_string());
}

proptest! {
    #[test]
    fn order_does_not_matter(
        pairs in prop::collection::btree_map("[a-z_][a-z0-9_]{0,4}", "[^\0]{0,6}", 0..8),
        seed in any::<u64>(),
    ) {
        let sorted: Vec<(String, String)> = pairs.into_iter().collect();
        let mut shuffled = sorted.clone();
        shuffled.rotate_left(usize::try_from(seed % 8).unwrap_or(0).min(sorted.len()));
        shuffled.reverse();
        let (one, two) = (Labels::new(sorted).expect("valid"), Labels::new(shuffled).expect("valid"));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(one.to_json(), two.to_json());
        prop_assert_eq!(Fingerprint::of("n", &one), Fingerprint::of("n", &two));
        prop_assert_eq!(Labels::from_json(&one.to_json()).expect("its own text"), one);
    }

    #[test]
    fn any_text_is_answered(text in "[\\x00-\\x7f]{0,40}|\\PC{0,40}") {
        let _ = Labels::from_json(&text);
        let _ = Labels::new([(&text, &text)]);
    }
}

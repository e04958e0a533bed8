//! Tests of search texts.

use proptest::prelude::*;

use super::expression;

fn check(text: &str, expected: &str) {
    assert_eq!(expression(text).expect(text), expected);
}

#[test]
fn every_word_is_quoted() {
    check("disk full", r#""disk" "full""#);
    check(
        "  disk\tOR\nNOT title:x* (a) -b ^c {d} NEAR(e f)",
        r#""disk" "OR" "NOT" "title:x*" "(a)" "-b" "^c" "{d}" "NEAR(e" "f)""#,
    );
    check(r#"a "b c" d"#, r#""a" "b c" "d""#);
    check(r#"a "b c"#, r#""a" "b c""#);
    check(r#"a"b"c"#, r#""a" "b" "c""#);
    check("é - ü", r#""é" "ü""#);
}

#[test]
fn a_search_needs_a_word() {
    for text in ["", " ", "\"", "\"\"", "- * :", "…"] {
        assert_eq!(
            expression(text).expect_err(text).to_string(),
            "text: must hold a word to search for"
        );
    }
    assert!(expression("a\0").is_err());
    assert!(expression(&"a".repeat(600)).is_err());
    assert!(expression(&"a ".repeat(40)).is_err());
}

proptest! {
    #[test]
    fn quotes_are_always_balanced(text in "\\PC{0,40}|[a\" *:-]{0,20}") {
        if let Ok(expression) = expression(&text) {
            prop_assert_eq!(expression.matches('"').count() % 2, 0);
            prop_assert!(!expression.contains("\"\""));
        }
    }
}

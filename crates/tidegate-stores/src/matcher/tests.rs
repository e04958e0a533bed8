//! Tests of matchers.

use proptest::prelude::*;

use super::{MATCHERS_MAX, Matcher, Operator, PATTERN_BYTES_MAX};
use crate::error::ErrorKind;
use crate::labels::Labels;

fn check(text: &str, canonical: &str) {
    let matcher = Matcher::parse(text).expect(text);
    assert_eq!(matcher.to_string(), canonical);
    assert_eq!(Matcher::parse(canonical).expect(canonical), matcher);
}

fn refused(text: &str) -> (Option<usize>, String) {
    let error = Matcher::parse(text).expect_err(text);
    (error.position(), error.to_string())
}

fn matches(text: &str, value: &str) -> bool {
    Matcher::parse(text).expect(text).matches_value(value)
}

#[test]
fn matchers_are_read_and_written() {
    check(r#"job="api""#, r#"job="api""#);
    check(r#" job != "" "#, r#"job!="""#);
    check(r#"job=~"a|b""#, r#"job=~"a|b""#);
    check(r#"job !~ "a.*""#, r#"job!~"a.*""#);
    check(r#"a="\\ \" \n \t é""#, "a=\"\\\\ \\\" \\n \t é\"");
    check("job=api", r#"job="api""#);
    check("path=~/v[12]/.*", r#"path=~"/v[12]/.*""#);
    check(r#"a="x,y}""#, r#"a="x,y}""#);
}

#[test]
fn wrong_text_is_refused_with_its_place() {
    let cases = [
        (
            "",
            0,
            "expected the name of a label at character 1, but the text ends",
        ),
        (
            "=\"x\"",
            0,
            "expected the name of a label at character 1, but `=`",
        ),
        (
            "job",
            3,
            "expected `=`, `!=`, `=~` or `!~` at character 4, but the text ends",
        ),
        (
            "job>1",
            3,
            "expected `=`, `!=`, `=~` or `!~` at character 4, but `>`",
        ),
        (
            "job=",
            4,
            "expected a value in double quotes at character 5, but the text ends",
        ),
        (
            "job='x'",
            4,
            "expected a value in double quotes at character 5, but `\\'`",
        ),
        (
            "job=\"ä",
            4,
            "expected the closing quote at character 5, but `\\\"`",
        ),
        (
            "job=\"ä\\x\"",
            7,
            r#"expected `\\`, `\"`, `\n`, `\r` or `\t` at character 7, but `\\`"#,
        ),
        (
            "job=\"x\" y",
            8,
            "expected the end of the text at character 9, but `y`",
        ),
    ];
    for (text, position, message) in cases {
        assert_eq!(
            refused(text),
            (Some(position), format!("matchers: {message}")),
            "{text}"
        );
    }
}

#[test]
fn wrong_patterns_are_refused() {
    for pattern in ["(", "a)(b", "[", "a{2,1}", "(?P<x", "\\\\", "(?x) a # b"] {
        let (position, text) = refused(&format!("job=~\"{pattern}\""));
        assert!(
            text.starts_with("matchers: the regular expression is wrong: "),
            "{pattern}: {text}"
        );
        assert_eq!((position, text.lines().count()), (Some(0), 1));
    }
    let kind = |pattern: &str| {
        Matcher::new("a", Operator::Matches, pattern)
            .map(drop)
            .map_err(|e| e.kind())
    };
    assert_eq!(kind(&"x".repeat(PATTERN_BYTES_MAX)), Ok(()));
    assert_eq!(
        kind(&"x".repeat(PATTERN_BYTES_MAX + 1)),
        Err(ErrorKind::Limit)
    );
    assert_eq!(kind("((a{100}){100}){100}"), Err(ErrorKind::Limit));
    assert_eq!(kind(&"(".repeat(200)), Err(ErrorKind::InvalidInput));
    assert_eq!(
        Matcher::new("a-b", Operator::Equal, "x").map_err(|e| e.kind()),
        Err(ErrorKind::InvalidInput)
    );
    assert_eq!(
        Matcher::new("a", Operator::Equal, "\0").map_err(|e| e.kind()),
        Err(ErrorKind::InvalidInput)
    );
}

#[test]
fn patterns_match_the_whole_value() {
    assert!(matches("a=~\"b|bc\"", "bc"));
    assert!(!matches("a=~\"b|bc\"", "abc"));
    assert!(!matches("a=~\"b\"", "b\n"));
    assert!(matches("a=~\"x.y\"", "x\ny"));
    assert!(matches("a!~\"b.*\"", "ab"));
    assert!(!matches("a!~\"b.*\"", "b"));
}

#[test]
fn an_absent_label_is_empty() {
    let none = Labels::empty();
    for (text, expected) in [
        ("a=\"\"", true),
        ("a!=\"\"", false),
        ("a=~\".*\"", true),
        ("a=~\".+\"", false),
        ("a!=\"x\"", true),
    ] {
        assert_eq!(
            Matcher::parse(text).expect(text).matches(&none),
            expected,
            "{text}"
        );
    }
}

#[test]
fn lists_have_commas_and_perhaps_braces() {
    let count = |text: &str| {
        Matcher::parse_list(text)
            .map(|list| list.len())
            .map_err(|error| error.position())
    };
    for (text, expected) in [
        ("", 0),
        ("{}", 0),
        (" { } ", 0),
        ("a=b", 1),
        ("{a=\"b\", c!=\"d\",}", 2),
        ("a=b,c=~\"d}\"", 2),
    ] {
        assert_eq!(count(text), Ok(expected), "{text}");
    }
    for (text, position) in [
        ("{", 1),
        ("{a=b", 4),
        ("a=b}", 3),
        ("a=b c=d", 4),
        (",", 0),
        ("{a=b}}", 5),
        ("{a=b},c=d", 5),
    ] {
        assert_eq!(count(text), Err(Some(position)), "{text}");
    }
    let many = "a=b,".repeat(MATCHERS_MAX + 1);
    assert_eq!(
        Matcher::parse_list(&many).unwrap_err().kind(),
        ErrorKind::Limit
    );
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[a-z=!~\"\\\\,{} é]{0,20}|\\PC{0,30}") {
        let _ = Matcher::parse(&text);
        let _ = Matcher::parse_list(&text);
    }

    #[test]
    fn what_is_written_is_read(name in "[a-zA-Z_][a-zA-Z0-9_]{0,5}", value in "[^\0]{0,12}", negated in any::<bool>()) {
        let operator = if negated { Operator::NotEqual } else { Operator::Equal };
        let matcher = Matcher::new(&name, operator, &value).expect("valid");
        let read = Matcher::parse(&matcher.to_string()).expect("its own text");
        prop_assert_eq!(&read, &matcher);
        prop_assert_eq!(read.matches_value(&value), !negated);
    }

    /// Against the plain meaning: some full match of the pattern is the value.
    #[test]
    fn patterns_agree_with_the_crate_regex(pattern in "[ab.*+?|()]{0,6}", value in "[ab\n]{0,4}") {
        let Ok(matcher) = Matcher::new("x", Operator::Matches, &pattern) else { return Ok(()); };
        let reference = regex::Regex::new(&format!(r"\A(?s:{pattern})\z")).expect("it compiled before");
        prop_assert_eq!(matcher.matches_value(&value), reference.is_match(&value));
        let negated = Matcher::new("x", Operator::MatchesNot, &pattern).expect("it compiled before");
        prop_assert_eq!(negated.matches_value(&value), !reference.is_match(&value));
    }
}

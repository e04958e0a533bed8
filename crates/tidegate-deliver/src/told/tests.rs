//! What is shown of an answer, and what is not.

use super::*;

#[test]
fn an_answer_that_repeats_a_secret_is_not_shown() {
    let mut told = Told::default();
    told.secret("hunter2/x");
    told.address(
        &Url::parse("https://bob:pa%73sw@h/services/T0AB/XyZ012345?k=queryvalue").unwrap(),
    );
    for answer in [
        "you said hunter2/x",
        r#"{"auth":"hunter2\/x"}"#,
        "hunter\r\n2/x",
        &BASE64_STANDARD.encode("hunter2/x"),
        "POST /services/T0AB/XyZ012345",
        "no such value: queryvalue",
        "bob may not",
    ] {
        assert!(
            !told.excerpt(answer).contains(|c: char| c.is_ascii_digit()),
            "{answer}"
        );
        assert!(told.excerpt(answer).contains("not shown"), "{answer}");
    }
    for answer in ["invalid_payload", "T0AB", ""] {
        assert_eq!(told.excerpt(answer), answer);
    }
}

#[test]
fn an_excerpt_is_one_short_harmless_line() {
    let told = Told::default();
    assert_eq!(told.excerpt(" a\x1b[2J\nb\n"), "a\\u{1b}[2J\\nb");
    assert!(told.excerpt(&"x".repeat(10_000)).chars().count() < MAX_EXCERPT_CHARS + 40);
}

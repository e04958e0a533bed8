//! Tests of the shared checks.

use super::{line, page, shown, text};
use crate::error::{ErrorKind, Result};

fn check(outcome: Result<()>, expected: Option<&str>) {
    let message = outcome.err().map(|error| error.to_string());
    assert_eq!(message.as_deref(), expected);
}

#[test]
fn a_line_is_visible_and_short() {
    check(line("title", "disk full", 20), None);
    check(line("title", "größer", 8), None);
    check(line("title", " \t", 20), Some("title: must not be empty"));
    check(
        line("title", "12345", 4),
        Some("title: at most 4 bytes, 5 given"),
    );
    check(
        line("title", "a\r\nb", 20),
        Some("title: must not hold control characters; character 2 is one"),
    );
}

#[test]
fn a_text_may_have_lines() {
    check(text("message", "", 20), None);
    check(text("message", "a\nb", 20), None);
    check(
        text("message", "a\0", 20),
        Some("message: must not hold the character NUL"),
    );
}

#[test]
fn a_page_has_bounds() {
    check(page(1, 10), None);
    check(page(10, 10), None);
    check(page(0, 10), Some("limit: must be at least 1"));
    let large = page(11, 10).unwrap_err();
    assert_eq!(large.kind(), ErrorKind::Limit);
    assert_eq!(large.to_string(), "limit: at most 10, 11 given");
}

#[test]
fn refused_texts_are_shown_harmless_and_short() {
    assert_eq!(shown("a\u{1b}[2Jb"), "`a\\u{1b}[2Jb`");
    assert_eq!(shown(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
}

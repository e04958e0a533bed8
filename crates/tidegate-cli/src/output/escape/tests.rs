//! Tests of escaping.

use super::*;

#[test]
fn control_characters_are_shown() {
    for (text, shown) in [
        ("plain ünïcode 潮", "plain ünïcode 潮"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u{1b}[2J", "\\u{1b}[2J"),
        ("\0", "\\0"),
        ("\u{9b}31m", "\\u{9b}31m"),
        ("abc\u{202e}def", "abc\\u{202e}def"),
    ] {
        assert_eq!(line(text), shown);
    }
}

#[test]
fn line_breaks_may_stay() {
    assert_eq!(lines("a\n\u{7}b"), "a\n\\u{7}b");
}

#[test]
fn long_text_is_cut_at_a_character() {
    assert_eq!(shortened("äöü", 3), "äöü");
    assert_eq!(shortened("äöü", 2), "äö…");
}

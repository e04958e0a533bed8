//! Tests of text that is safe for one line.

use proptest::prelude::*;

use super::{is_unsafe, plain, plain_within};

#[test]
fn what_could_mislead_is_escaped() {
    for (given, expected) in [
        ("plain", "plain"),
        ("", ""),
        ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
        ("\u{1b}[2J\u{7}", "\\u{1b}[2J\\u{7}"),
        ("\u{9b}31m", "\\u{9b}31m"),
        ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"),
        (
            "a\u{2028}b\u{2029}c\u{85}d",
            "a\\u{2028}b\\u{2029}c\\u{85}d",
        ),
        (
            "a\u{200b}b\u{feff}c\u{e0041}d",
            "a\\u{200b}b\\u{feff}c\\u{e0041}d",
        ),
        ("\0", "\\u{0}"),
        (
            "Crème brûlée, 日本, שלום, 👩‍💻",
            "Crème brûlée, 日本, שלום, 👩‍💻",
        ),
        ("C:\\new", "C:\\new"),
    ] {
        assert_eq!(plain(given), expected, "{given:?}");
    }
}

#[test]
fn long_texts_are_cut_at_a_character() {
    for (given, max, expected) in [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc…"),
        ("äöü", 5, "ä…"),
        ("ab\n", 3, "…"),
        ("ab\n", 4, "ab\\n"),
        ("abc", 2, "ab"),
        ("", 0, ""),
        ("x", 0, ""),
    ] {
        assert_eq!(plain_within(given, max), expected, "{given:?} in {max}");
    }
}

proptest! {
    #[test]
    fn any_text_becomes_one_safe_line(text in "\\PC{0,40}|(?s:.){0,40}", max in 0..80_usize) {
        let safe = plain(&text);
        prop_assert!(!safe.chars().any(is_unsafe));
        prop_assert_eq!(plain(&safe), safe.clone());
        let cut = plain_within(&text, max);
        prop_assert!(cut.len() <= max);
        prop_assert!(!cut.chars().any(is_unsafe));
        if safe.len() <= max {
            prop_assert_eq!(cut, safe);
        }
    }
}

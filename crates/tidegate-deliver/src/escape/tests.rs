//! What is left of text that means harm.

use proptest::prelude::*;

use super::*;

#[test]
fn nothing_is_left_that_a_terminal_obeys() {
    let check = |text: &str, expected: &str| assert_eq!(line(text), expected);
    check("disk at 93 %", "disk at 93 %");
    check("größer, 東京, 👩‍💻", "größer, 東京, 👩‍💻");
    check("one\ntwo\r\n\tthree", "one\\ntwo\\r\\n\\tthree");
    check("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m");
    check("\u{9b}2J\u{7f}\0", "\\u{9b}2J\\u{7f}\\u{0}");
    check("user\u{202e}txt.exe", "user\\u{202e}txt.exe");
    check("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c");
    check("\u{feff}\u{200b}\u{2066}", "\\u{feff}\\u{200b}\\u{2066}");
    check("\u{e0041}", "\\u{e0041}");
}

#[test]
fn slack_reads_no_link_and_calls_nobody() {
    let check = |text: &str, expected: &str| assert_eq!(slack(text), expected);
    check("a < b && b > c", "a &lt; b &amp;&amp; b &gt; c");
    check("<!channel> <@U1|x>", "&lt;!channel&gt; &lt;@U1|x&gt;");
    check("&lt;", "&amp;lt;");
    check("one\ntwo\r", "one\ntwo\\r");
    check(
        "@here @Channel, @ALL",
        "@\u{200b}here @\u{200b}Channel, @\u{200b}ALL",
    );
    check("ops@example.com @", "ops@example.com @");
    check("@é", "@é");
}

#[test]
fn a_cut_says_how_much_is_missing() {
    assert_eq!(cut("äöü", 3), "äöü");
    assert_eq!(cut("äöüß€", 3), "äöü… (2 more characters)");
    assert_eq!(cut("", 0), "");
}

proptest! {
    #[test]
    fn no_unsafe_character_comes_out(text in any::<String>()) {
        prop_assert!(!line(&text).chars().any(is_unsafe));
        prop_assert!(!lines(&text).chars().any(|c| is_unsafe(c) && c != '\n'));
        let slack = slack(&text);
        prop_assert!(!slack.contains(['<', '>']));
        let visible = slack.replace("@\u{200b}", "").replace('\n', "");
        prop_assert!(!visible.contains(is_unsafe));
    }

    #[test]
    fn safe_json_reads_as_the_same(text in any::<String>(), odd in "[\u{0}-\u{ff}\u{2000}-\u{2070}\u{e0000}-\u{e007f}]*") {
        let written = serde_json::to_string(&[&text, &odd]).unwrap();
        let safe = json(&written);
        prop_assert!(!safe.chars().any(is_unsafe));
        prop_assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), [text, odd]);
    }
}

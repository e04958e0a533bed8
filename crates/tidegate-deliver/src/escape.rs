//! Text from outside made harmless for a line, a JSON line, or Slack.

use std::fmt::Write;

#[cfg(test)]
mod tests;

/// Where a line of the console or the log is cut; counted in characters.
pub(crate) const MAX_LINE_CHARS: usize = 4_000;

/// Words that make Mattermost and its like call out everybody.
const CALLS: &[&str] = &["all", "channel", "everyone", "here"];

/// Whether a terminal or an editor might obey the character instead of showing it: controls, what turns the direction
/// of writing, what ends a line, and what is invisible.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// `text` as one line without an unsafe character: those are written as `\n` or `\u{1b}`.
pub(crate) fn line(text: &str) -> String {
    replace(text, |_| false)
}

/// As [`line()`], but line feeds stay.
pub(crate) fn lines(text: &str) -> String {
    replace(text, |c| c == '\n')
}

/// At most `limit` characters of `text`, and how many are missing.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => {
            let missing = text[end..].chars().count();
            format!("{}… ({missing} more characters)", &text[..end])
        }
    }
}

/// JSON without an unsafe character; it reads as the same JSON.
///
/// All of it but its strings is plain ASCII, so whatever is replaced stands in a string.
pub(crate) fn json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if is_unsafe(c) {
            for unit in c.encode_utf16(&mut units) {
                push(&mut safe, format_args!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Text for Slack and its like: `&`, `<` and `>` as it demands, no unsafe character but the line feed, and nobody
/// is called out by it.
pub(crate) fn slack(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let text = lines(text);
    for (at, c) in text.char_indices() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A space without width makes it a word like others.
            '@' if calls(&text[at + 1..]) => safe.push_str("@\u{200b}"),
            _ => safe.push(c),
        }
    }
    safe
}

fn calls(rest: &str) -> bool {
    let begins = |call: &&str| {
        let head = rest.get(..call.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(call))
    };
    CALLS.iter().any(begins)
}

fn replace(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !is_unsafe(c) || stays(c) => safe.push(c),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c => push(&mut safe, format_args!("{}", c.escape_unicode())),
        }
    }
    safe
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what)
        .expect("invariant: a String takes whatever is written to it");
}

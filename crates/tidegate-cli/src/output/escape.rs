//! Makes text from elsewhere harmless to a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Text on one line: every control character is shown instead of obeyed.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_dangerous)
}

/// Text of several lines: as [`line()`], but line breaks stay.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_dangerous(c))
}

/// Characters that move the cursor, change colours, or turn the direction of writing.
pub(crate) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escaped(text: &str, is_dangerous: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            _ if !is_dangerous(c) => shown.push(c),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\0' => shown.push_str("\\0"),
            other => {
                write!(shown, "\\u{{{:x}}}", u32::from(other))
                    .expect("invariant: writing to a string cannot fail");
            }
        }
    }
    Cow::Owned(shown)
}

/// The beginning of a text, with an ellipsis where something was left out.
pub(crate) fn shortened(text: &str, max_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max_chars) {
        Some((cut, _)) => Cow::Owned(format!("{}…", &text[..cut])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests;

//! Making any text safe for one line of a log, a terminal, a subject.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

/// What a text that was cut ends with.
const CUT: &str = "…";

/// The text on one line, without anything that a terminal, a log or a reader's eye could take for something else.
///
/// Line feeds become `\n`, carriage returns `\r`, tabs `\t`; other control characters, line separators, marks that change
/// the direction of writing and characters without a width become `\u{…}`. What joins the letters of some scripts and the
/// parts of emoji stays. A text that is plain already comes back as it is, so doing it twice changes nothing.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push(&mut safe, c);
    }
    Cow::Owned(safe)
}

/// The same, cut to `max_bytes` at a character; what was cut ends with `…`.
#[must_use]
pub fn plain_within(text: &str, max_bytes: usize) -> Cow<'_, str> {
    // No character becomes shorter, so that what comes after as many bytes is cut in any case.
    let looked_at = text.floor_char_boundary(max_bytes.saturating_add(4));
    let safe = plain(&text[..looked_at]);
    if safe.len() <= max_bytes && looked_at == text.len() {
        return safe;
    }
    let mark = if max_bytes < CUT.len() { "" } else { CUT };
    let end = safe.floor_char_boundary(max_bytes - mark.len());
    Cow::Owned(format!("{}{mark}", &safe[..end]))
}

fn push(safe: &mut String, c: char) {
    match c {
        '\n' => safe.push_str("\\n"),
        '\r' => safe.push_str("\\r"),
        '\t' => safe.push_str("\\t"),
        c if is_unsafe(c) => safe.extend(c.escape_unicode()),
        c => safe.push(c),
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width space.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'
            // Marks, embeddings, overrides and isolates of direction; line and paragraph separators.
            | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            // Byte-order mark, annotations, tags.
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

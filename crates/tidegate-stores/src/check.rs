//! Checks of what comes from outside that several stores share, with their messages.

#[cfg(test)]
mod tests;

use crate::error::{Error, Result};

/// How much of a refused text a message shows, in characters.
const SHOWN_CHARS: usize = 60;

/// A text of one line: something visible, no control character, at most `max_bytes` bytes.
pub(crate) fn line(field: &'static str, text: &str, max_bytes: usize) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::invalid(field, "must not be empty"));
    }
    length(field, text, max_bytes)?;
    match text.chars().position(char::is_control) {
        Some(at) => Err(Error::invalid(
            field,
            format!(
                "must not hold control characters; character {} is one",
                at + 1
            ),
        )),
        None => Ok(()),
    }
}

/// A text of any number of lines: at most `max_bytes` bytes, and no NUL, at which others would cut it.
pub(crate) fn text(field: &'static str, text: &str, max_bytes: usize) -> Result<()> {
    length(field, text, max_bytes)?;
    match text.contains('\0') {
        true => Err(Error::invalid(field, "must not hold the character NUL")),
        false => Ok(()),
    }
}

/// At most `max_bytes` bytes.
pub(crate) fn length(field: &'static str, text: &str, max_bytes: usize) -> Result<()> {
    match text.len() {
        bytes if bytes <= max_bytes => Ok(()),
        bytes => Err(Error::limit(
            field,
            format!("at most {max_bytes} bytes, {bytes} given"),
        )),
    }
}

/// At most `max` items.
pub(crate) fn count(field: &'static str, given: usize, max: usize) -> Result<()> {
    match given <= max {
        true => Ok(()),
        false => Err(Error::limit(field, format!("at most {max}, {given} given"))),
    }
}

/// At least one item and at most `max`.
pub(crate) fn page(limit: usize, max: usize) -> Result<()> {
    match limit {
        0 => Err(Error::invalid("limit", "must be at least 1")),
        _ => count("limit", limit, max),
    }
}

/// A refused text for a message: on one line, without control characters, cut if long.
pub(crate) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(SHOWN_CHARS).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    format!("`{}{more}`", start.escape_debug())
}

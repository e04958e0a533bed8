//! Keeps bound values out of messages: SQLite's extensions quote them.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use rusqlite::types::ValueRef;

use super::{Error, ErrorKind};
use crate::params::Params;

/// Shorter fragments say nothing, and would take ordinary words with them.
const MIN_FRAGMENT_CHARS: usize = 3;

/// Stands where a fragment was.
const ELLIPSIS: &str = "…";

impl Error {
    /// Replaces whatever the message quotes from a bound value by an ellipsis.
    ///
    /// Messages that SQLite builds from the schema alone stay as they are.
    pub(crate) fn redact(mut self, params: &Params) -> Self {
        let may_quote = match self.0.kind {
            ErrorKind::Constraint => self
                .0
                .constraint
                .as_ref()
                .is_none_or(|c| !c.is_about_the_schema()),
            ErrorKind::Misuse | ErrorKind::Application | ErrorKind::Conversion => false,
            _ => self.0.extended_code.is_some() && self.0.sql_offset.is_none(),
        };
        if may_quote {
            let secrets = params.secrets();
            self.0.message = Cow::Owned(without(&self.0.message, &secrets));
        }
        self
    }
}

/// `message` without any fragment of one of the `secrets`.
pub(crate) fn without(message: &str, secrets: &[Cow<'_, [u8]>]) -> String {
    if secrets.is_empty() {
        return message.to_owned();
    }
    let lowered: Vec<Vec<u8>> = secrets
        .iter()
        .map(|secret| secret.to_ascii_lowercase())
        .collect();
    let whole = replace_whole(message, secrets);
    let unquoted = replace_quoted(&whole, &lowered);
    replace_words(&unquoted, &lowered)
}

/// The bytes of a text or blob; a number as it would be printed.
pub(crate) fn content(value: ValueRef<'_>) -> Cow<'_, [u8]> {
    match value {
        ValueRef::Null => Cow::Borrowed(&[]),
        ValueRef::Integer(integer) => Cow::Owned(integer.to_string().into_bytes()),
        ValueRef::Real(real) => Cow::Owned(real.to_string().into_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Cow::Borrowed(bytes),
    }
}

/// Whole values, wherever they stand.
fn replace_whole(message: &str, secrets: &[Cow<'_, [u8]>]) -> String {
    let texts = secrets
        .iter()
        .filter_map(|secret| std::str::from_utf8(secret).ok());
    texts
        .filter(|text| is_fragment(text))
        .fold(message.to_owned(), |message, text| {
            message.replace(text, ELLIPSIS)
        })
}

/// What stands between quotation marks.
fn replace_quoted(message: &str, secrets: &[Vec<u8>]) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(open) = rest.find(['"', '\'', '`']) {
        let (before, quoted) = rest.split_at(open);
        let mark = &quoted[..1];
        let Some(length) = quoted[1..].find(mark) else {
            break;
        };
        let inside = &quoted[1..=length];
        let hidden = if occurs(inside, secrets) {
            ELLIPSIS
        } else {
            inside
        };
        out.extend([before, mark, hidden, mark]);
        rest = &quoted[length + 2..];
    }
    out + rest
}

/// Words: runs of letters and digits.
fn replace_words(message: &str, secrets: &[Vec<u8>]) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let (before, tail) = rest.split_at(start);
        let end = tail
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        out.push_str(before);
        out.push_str(if occurs(word, secrets) {
            ELLIPSIS
        } else {
            word
        });
        rest = after;
    }
    out + rest
}

fn is_fragment(text: &str) -> bool {
    text.chars().take(MIN_FRAGMENT_CHARS).count() == MIN_FRAGMENT_CHARS
}

fn occurs(fragment: &str, secrets: &[Vec<u8>]) -> bool {
    let needle = fragment.to_ascii_lowercase().into_bytes();
    is_fragment(fragment) && secrets.iter().any(|secret| contains(secret, &needle))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

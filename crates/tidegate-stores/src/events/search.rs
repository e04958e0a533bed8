//! From what somebody types to a question for the full-text index.

#[cfg(test)]
mod tests;

use crate::check;
use crate::error::{Error, Result};

/// The longest search text, in bytes.
pub const SEARCH_BYTES_MAX: usize = 512;
/// The most words of a search.
pub const SEARCH_WORDS_MAX: usize = 32;

/// The expression that finds events with all the words of `text`.
///
/// Each word becomes a quoted string, in which nothing has a meaning of its own: neither `-`, `*`, `:` and brackets, nor
/// `AND`, `OR`, `NOT` and `NEAR`. What quotes enclose stays together in its order.
pub(super) fn expression(text: &str) -> Result<String> {
    check::text("text", text, SEARCH_BYTES_MAX)?;
    let strings: Vec<String> = pieces(text)
        .filter(|piece| piece.chars().any(char::is_alphanumeric))
        .map(|piece| format!("\"{piece}\""))
        .collect();
    check::count("text", strings.len(), SEARCH_WORDS_MAX)?;
    match strings.is_empty() {
        true => Err(Error::invalid("text", "must hold a word to search for")),
        false => Ok(strings.join(" ")),
    }
}

/// The words outside of quotes, and what stands inside of each pair; no piece holds a quote.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').enumerate().flat_map(|(index, part)| {
        let is_quoted = index % 2 == 1;
        let (whole, words) = if is_quoted {
            (Some(part), "")
        } else {
            (None, part)
        };
        whole.into_iter().chain(words.split_whitespace())
    })
}

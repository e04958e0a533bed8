//! The SQL of a command: where it comes from, and whether it asks for rows.

use std::io;

use crate::context::Context;
use crate::failure::{Failure, Result};

/// The text itself, or standard input for `-`.
pub(crate) async fn text_of(context: &Context, argument: &str) -> Result<String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    context
        .blocking(|| {
            io::read_to_string(io::stdin())
                .map_err(|error| Failure::io("cannot read SQL from standard input", &error))
        })
        .await
}

/// Whether a statement is there for its rows, told by its words.
pub(crate) fn yields_rows(sql: &str) -> bool {
    let first = first_word(sql);
    match first.as_str() {
        "SELECT" | "VALUES" | "PRAGMA" | "EXPLAIN" => true,
        "WITH" => !has_word(sql, &["INSERT", "UPDATE", "DELETE", "REPLACE"]) || returns(sql),
        _ => returns(sql),
    }
}

/// Whether there is more than white space and comments after the first semicolon. A trigger, which has semicolons
/// inside, counts as several, and is the same in a batch.
pub(crate) fn holds_several(sql: &str) -> bool {
    let mut rest = sql;
    let mut has_ended = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            c if c.is_whitespace() || c == ';' => c.len_utf8(),
            _ if has_ended => return true,
            '\'' | '"' | '`' => quoted_length(rest, c),
            '[' => quoted_length(rest, ']'),
            c => c.len_utf8(),
        };
        has_ended |= c == ';';
        rest = &rest[length..];
    }
    false
}

/// Up to the closing quote; a doubled one opens the next piece at once, which comes to the same.
fn quoted_length(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

fn returns(sql: &str) -> bool {
    has_word(sql, &["RETURNING"])
}

fn has_word(sql: &str, words: &[&str]) -> bool {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
}

/// The first word after white space and comments, in capitals.
fn first_word(sql: &str) -> String {
    let mut rest = sql.trim_start();
    loop {
        let after = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n').map_or("", |(_, after)| after),
            (_, Some(comment)) => comment.split_once("*/").map_or("", |(_, after)| after),
            _ => break,
        };
        rest = after.trim_start();
    }
    let word = rest.chars().take_while(char::is_ascii_alphabetic);
    word.collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests;

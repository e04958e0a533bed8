//! One line of the text format.

use super::FIELD;
use crate::check::shown;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::metrics::describe::MetricKind;
use crate::metrics::series::{Series, check_metric_name};
use crate::timestamp::Timestamp;

pub(super) enum Line<'t> {
    /// Nothing, or a comment for people.
    Empty,
    Sample {
        series: Series,
        value: f64,
        at: Option<Timestamp>,
    },
    Comment(Comment<'t>),
}

pub(super) enum Comment<'t> {
    Help { name: &'t str, text: String },
    Kind { name: &'t str, kind: MetricKind },
}

pub(super) fn parse(line: &str) -> Result<Line<'_>> {
    let line = trim(line);
    match line.strip_prefix('#') {
        None if line.is_empty() => Ok(Line::Empty),
        None => sample(line),
        Some(comment) => {
            let (keyword, rest) = word(comment);
            match keyword {
                "HELP" => help(rest),
                "TYPE" => kind(rest),
                _ => Ok(Line::Empty),
            }
        }
    }
}

/// A line feed is the end of a line, and nothing else is space but blanks and tabs (and the `\r` of other systems).
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r'])
}

/// The next word, and what follows.
fn word(text: &str) -> (&str, &str) {
    let text = trim(text);
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, trim(rest))
}

fn help(rest: &str) -> Result<Line<'_>> {
    let (name, text) = word(rest);
    check_metric_name(FIELD, name)?;
    let text = unescape(text, false)?;
    Ok(Line::Comment(Comment::Help { name, text }))
}

fn kind(rest: &str) -> Result<Line<'_>> {
    let (name, rest) = word(rest);
    check_metric_name(FIELD, name)?;
    let (kind, after) = word(rest);
    nothing(after)?;
    let known = MetricKind::of_name(kind);
    let kind = known.ok_or_else(|| wrong(format!("{} is no type of a metric", shown(kind))))?;
    Ok(Line::Comment(Comment::Kind { name, kind }))
}

fn sample(line: &str) -> Result<Line<'_>> {
    let end = line.find([' ', '\t', '{']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let (labels, rest) = match trim(rest).strip_prefix('{') {
        Some(inside) => labels(inside)?,
        None => (Labels::empty(), rest),
    };
    let series = Series::new(name, labels)?;
    let (number, rest) = word(rest);
    let value = value(number)?;
    let (time, rest) = word(rest);
    nothing(rest)?;
    let at = match time.is_empty() {
        true => None,
        false => Some(moment(time)?),
    };
    Ok(Line::Sample { series, value, at })
}

/// The labels up to the closing brace, and what follows it.
fn labels(inside: &str) -> Result<(Labels, &str)> {
    let mut pairs = Vec::new();
    let mut rest = trim(inside);
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Ok((Labels::new(pairs)?, after));
        }
        let (name, after) = rest
            .split_once('=')
            .ok_or_else(|| wrong("expected a label, or `}`"))?;
        let quoted = trim(after).strip_prefix('"');
        let quoted = quoted.ok_or_else(|| {
            wrong(format!(
                "the value of label {} has no quote",
                shown(trim(name))
            ))
        })?;
        let (value, after) = closed(quoted)?;
        pairs.push((trim(name), unescape(value, true)?));
        rest = trim(after);
        match rest.strip_prefix(',') {
            Some(after) => rest = trim(after),
            None if rest.starts_with('}') => {}
            None => return Err(wrong("expected `,` or `}` after a label")),
        }
    }
}

/// What stands before the closing quote, escapes and all, and what follows it.
fn closed(quoted: &str) -> Result<(&str, &str)> {
    let mut is_escaped = false;
    for (at, byte) in quoted.bytes().enumerate() {
        match byte {
            b'"' if !is_escaped => return Ok((&quoted[..at], &quoted[at + 1..])),
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    Err(wrong("a label's value has no closing quote"))
}

/// Resolves `\\`, `\n`, and in labels `\"`.
fn unescape(text: &str, is_label: bool) -> Result<String> {
    if !text.contains('\\') {
        return Ok(text.to_owned());
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if is_label => '"',
                _ => {
                    return Err(wrong(
                        r#"`\` must be followed by `\`, `n`, or in labels `"`"#,
                    ));
                }
            },
            c => c,
        });
    }
    Ok(plain)
}

fn value(text: &str) -> Result<f64> {
    match text.parse() {
        Ok(value) => Ok(value),
        Err(_) if text.is_empty() => Err(wrong("there is no value")),
        Err(_) => Err(wrong(format!("{} is no number", shown(text)))),
    }
}

/// A time in milliseconds since 1970.
fn moment(text: &str) -> Result<Timestamp> {
    let millis: i64 = text
        .parse()
        .map_err(|_| wrong(format!("{} is no time in milliseconds", shown(text))))?;
    Timestamp::from_millis(millis)
}

fn nothing(rest: &str) -> Result<()> {
    match rest.is_empty() {
        true => Ok(()),
        false => Err(wrong(format!(
            "expected the end of the line, but {}",
            shown(rest)
        ))),
    }
}

fn wrong(reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::invalid(FIELD, reason)
}

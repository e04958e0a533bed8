//! Matchers from text.

use super::{FIELD, MATCHERS_MAX, Matcher, Operator};
use crate::check;
use crate::error::{Error, Result};

/// What a value may hold without quotes, besides letters and digits.
const BARE: &str = "_.:/*+|-@%[]()^$?";

pub(super) fn one(text: &str) -> Result<Matcher> {
    let mut reader = Reader::new(text);
    let matcher = reader.matcher()?;
    reader.end()?;
    Ok(matcher)
}

pub(super) fn list(text: &str) -> Result<Vec<Matcher>> {
    let mut reader = Reader::new(text);
    let is_braced = reader.take("{");
    let mut matchers = Vec::new();
    while !reader.is_at_end() && !reader.rest().starts_with('}') {
        matchers.push(reader.matcher()?);
        check::count(FIELD, matchers.len(), MATCHERS_MAX)?;
        if !reader.take(",") {
            break;
        }
    }
    if is_braced && !reader.take("}") {
        return Err(reader.expected("`,` or `}`"));
    }
    reader.end()?;
    Ok(matchers)
}

/// Goes through a text from left to right, past white space.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Self { text, at: 0 };
        reader.skip_space();
        reader
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Goes past `token` and the white space after it, if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
            self.skip_space();
        }
        found
    }

    /// Goes past the characters that `wanted` accepts.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn matcher(&mut self) -> Result<Matcher> {
        let start = self.at;
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() {
            return Err(self.expected("the name of a label"));
        }
        self.skip_space();
        let operator = self.operator()?;
        let value = self.value()?;
        self.skip_space();
        Matcher::new(name, operator, &value).map_err(|error| error.at(start))
    }

    fn operator(&mut self) -> Result<Operator> {
        // The longer ones first: `=` begins `=~`.
        let all = [
            Operator::Matches,
            Operator::MatchesNot,
            Operator::NotEqual,
            Operator::Equal,
        ];
        let found = all
            .into_iter()
            .find(|operator| self.take(operator.as_str()));
        found.ok_or_else(|| self.expected("`=`, `!=`, `=~` or `!~`"))
    }

    fn value(&mut self) -> Result<String> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let bare = self.take_while(|c| c.is_alphanumeric() || BARE.contains(c));
        match bare.is_empty() {
            true => Err(self.expected("a value in double quotes")),
            false => Ok(bare.to_owned()),
        }
    }

    fn quoted(&mut self) -> Result<String> {
        let start = self.at;
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + offset + 1;
                    return Ok(value);
                }
                '\\' => value.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 'r')) => '\r',
                    Some((_, 't')) => '\t',
                    Some((_, escaped @ ('\\' | '"'))) => escaped,
                    _ => {
                        self.at = start + offset;
                        return Err(self.expected(r#"`\\`, `\"`, `\n`, `\r` or `\t`"#));
                    }
                }),
                plain => value.push(plain),
            }
        }
        Err(self.expected("the closing quote"))
    }

    fn end(&self) -> Result<()> {
        match self.is_at_end() {
            true => Ok(()),
            false => Err(self.expected("the end of the text")),
        }
    }

    fn expected(&self, what: &str) -> Error {
        // `at` stands between characters, always.
        let before = self.text[..self.at].chars().count();
        let found = match self.rest().chars().next() {
            Some(next) => check::shown(&next.to_string()),
            None => "the text ends".to_owned(),
        };
        Error::invalid(
            FIELD,
            format!("expected {what} at character {}, but {found}", before + 1),
        )
        .at(self.at)
    }
}

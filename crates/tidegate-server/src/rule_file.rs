//! Rules as they stand in a TOML file, every mistake with its line.

mod place;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Deserialize as _;
use tidegate_stores::alerts::{RULES_MAX, Rule};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use crate::config::Config;
use place::{key_at, line_of, offset_of};

/// What each rule is written under: `[[rule]]`.
const SECTION: &str = "rule";
/// Something that is wrong with a file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleMistake {
    /// The line, counted from one.
    pub line: usize,
    /// The rule, if it has a name.
    pub rule: Option<String>,
    /// The field, as a path: `escalation[0].after`.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: String,
}

/// Reads the rules of a file: tables `[[rule]]` with the fields of [`Rule`].
///
/// # Errors
/// Every mistake that can be told apart, in the order of the lines.
pub fn read_rules(text: &str) -> Result<Vec<Rule>, Vec<RuleMistake>> {
    let (table, wrong) = DeTable::parse_recoverable(text);
    if !wrong.is_empty() {
        return Err(wrong.iter().map(|error| of_syntax(text, error)).collect());
    }
    let mut reader = Reader {
        text,
        mistakes: Vec::new(),
        names: BTreeSet::new(),
    };
    let rules = reader.rules(table.get_ref());
    match reader.mistakes.is_empty() {
        true => Ok(rules),
        false => {
            reader.mistakes.sort_by_key(|mistake| mistake.line);
            Err(reader.mistakes)
        }
    }
}

/// Whether a configuration has it: it may stand beside the rules, and is not looked at here.
fn is_section(name: &str) -> bool {
    let whole = toml::Table::try_from(Config::default())
        .expect("invariant: every setting has a form in TOML");
    whole.contains_key(name)
}

struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<RuleMistake>,
    names: BTreeSet<String>,
}

impl Reader<'_> {
    fn rules(&mut self, table: &DeTable<'_>) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (name, value) in table {
            match (name.get_ref().as_ref(), value.get_ref()) {
                (SECTION, DeValue::Array(items)) => {
                    rules.extend(items.iter().filter_map(|item| self.rule(item)));
                }
                (SECTION, _) => self.wrong(name.span().start, "must be written as [[rule]]"),
                (name, _) if is_section(name) => {}
                (unknown, _) => {
                    let reason = format!("there is no section {unknown}; rules are [[rule]]");
                    self.wrong(name.span().start, reason);
                }
            }
        }
        if rules.len() > RULES_MAX {
            self.wrong(0, format!("at most {RULES_MAX} rules"));
        }
        rules
    }

    fn rule(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Rule> {
        let name = value
            .get_ref()
            .get("name")
            .and_then(|name| name.get_ref().as_str());
        let name = name.map(str::to_owned);
        let before = self.mistakes.len();
        let rule = self.decode(value);
        if let Some(rule) = &rule {
            self.check(rule, value);
        }
        for mistake in &mut self.mistakes[before..] {
            mistake.rule.clone_from(&name);
        }
        rule
    }

    /// Takes each field that is wrong away and goes on, so that those after it are looked at too.
    fn decode(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Rule> {
        let mut left = value.clone();
        let mut taken: Vec<String> = Vec::new();
        loop {
            let error = match Rule::deserialize(ValueDeserializer::from(left.clone())) {
                Ok(rule) => return taken.is_empty().then_some(rule),
                Err(error) => error,
            };
            let offset = error.span().map_or(value.span().start, |span| span.start);
            let Some(key) = key_at(left.get_ref(), offset) else {
                if !is_of_taken(&error, &taken) {
                    self.wrong(offset, error.message());
                }
                return None;
            };
            self.wrong_field(offset, &key, error.message());
            if let DeValue::Table(table) = left.get_mut() {
                table.remove(key.as_str());
            }
            taken.push(key);
        }
    }

    fn check(&mut self, rule: &Rule, value: &Spanned<DeValue<'_>>) {
        if let Err(error) = rule.check() {
            let field = error.field().unwrap_or_default().to_owned();
            self.wrong_field(offset_of(value, &field), &field, error.reason());
        }
        if !self.names.insert(rule.name.clone()) {
            let offset = offset_of(value, "name");
            self.wrong_field(offset, "name", "another rule has it");
        }
    }

    fn wrong(&mut self, offset: usize, reason: impl Into<String>) {
        self.mistakes.push(RuleMistake {
            line: line_of(self.text, offset),
            rule: None,
            field: None,
            reason: reason.into(),
        });
    }

    fn wrong_field(&mut self, offset: usize, field: &str, reason: &str) {
        self.mistakes.push(RuleMistake {
            line: line_of(self.text, offset),
            rule: None,
            field: Some(field.to_owned()),
            reason: reason.to_owned(),
        });
    }
}

/// Whether a field is only missed because it was taken away.
fn is_of_taken(error: &Error, taken: &[String]) -> bool {
    let missing = |name: &String| error.message() == format!("missing field `{name}`");
    taken.iter().any(missing)
}

fn of_syntax(text: &str, error: &Error) -> RuleMistake {
    RuleMistake {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        rule: None,
        field: None,
        reason: error.message().to_owned(),
    }
}

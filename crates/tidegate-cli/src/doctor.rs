//! The rules of `tidegate doctor`: each looks at the facts about a file and says what to change, and why.

mod facts;
mod file;
mod foreign_keys;
mod indexes;
mod statistics;

pub(crate) use facts::Facts;

use serde_json::{Value as Json, json};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Data is damaged or wrong.
    Problem,
    /// Something would be faster, smaller or safer.
    Advice,
    /// Good to know.
    Note,
}

impl Level {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Advice => "advice",
            Self::Note => "note",
        }
    }
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// The rule's name.
    pub(crate) rule: &'static str,
    pub(crate) what: String,
    pub(crate) why: &'static str,
    /// SQL or a command that changes it.
    pub(crate) fix: Option<String>,
}

impl Finding {
    fn new(level: Level, rule: &'static str, what: impl Into<String>, why: &'static str) -> Self {
        Self {
            level,
            rule,
            what: what.into(),
            why,
            fix: None,
        }
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub(crate) fn to_json(&self) -> Json {
        json!({
            "level": self.level.as_str(),
            "rule": self.rule,
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
        })
    }
}

/// Every rule; each gives what it finds.
const RULES: [fn(&Facts) -> Vec<Finding>; 12] = [
    file::integrity,
    foreign_keys::broken,
    foreign_keys::without_index,
    file::journal_mode,
    file::large_log,
    file::leftover_journal,
    file::free_space,
    file::small_pages,
    file::auto_vacuum,
    indexes::redundant,
    statistics::missing,
    file::not_writable,
];

/// What all rules find, the gravest first.
pub(crate) fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(facts)).collect();
    findings.sort_by_key(|finding| finding.level);
    findings
}

#[cfg(test)]
mod tests;

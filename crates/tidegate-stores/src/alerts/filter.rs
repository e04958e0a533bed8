//! Which alerts are meant.

use tidegate::{Params, ToParam, list};

use super::matched::Matched;
use super::record::Record;
use super::state::State;
use super::texts::NAME_BYTES_MAX;
use crate::check;
use crate::error::{Error, Result};
use crate::matcher::{MATCHERS_MAX, Matcher};
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// Which alerts are meant: those that meet every condition. An empty list is met by every alert; so is a condition that is
/// `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// In any of these states.
    pub states: Vec<State>,
    /// This urgent or more.
    pub severity_min: Option<Severity>,
    /// Of this name.
    pub name: Option<String>,
    /// Whose labels meet all of these; the name is the label `alertname`, the severity `severity`.
    pub matchers: Vec<Matcher>,
    /// That began to fire, or that never did.
    pub has_fired: Option<bool>,
    /// That nobody is told of, or that people are told of.
    pub is_muted: Option<bool>,
    /// Opened then or later.
    pub from: Option<Timestamp>,
    /// Opened then or earlier.
    pub to: Option<Timestamp>,
}

impl Filter {
    pub(super) fn check(&self) -> Result<()> {
        check::count("states", self.states.len(), State::ALL.len())?;
        check::count("matchers", self.matchers.len(), MATCHERS_MAX)?;
        if let Some(name) = &self.name {
            check::line("name", name, NAME_BYTES_MAX)?;
        }
        match self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            true => Err(Error::invalid("from", "must not lie after `to`")),
            false => Ok(()),
        }
    }

    /// Adds the conditions that the database can tell.
    pub(super) fn add_to(&self, conditions: &mut Conditions) {
        conditions.add_if("name = ?", self.name.as_deref());
        conditions.add_if("opened_at >= ?", self.from);
        conditions.add_if("opened_at <= ?", self.to);
        if !self.states.is_empty() {
            conditions.add("state IN rarray(?)", list(self.states.iter().copied()));
        }
        if let Some(min) = self.severity_min {
            let severities = Severity::ALL.iter().filter(|severity| **severity >= min);
            let names = severities.map(|severity| severity.as_str());
            conditions.add("severity IN rarray(?)", list(names));
        }
        match self.has_fired {
            Some(true) => conditions.require("fired_at IS NOT NULL"),
            Some(false) => conditions.require("fired_at IS NULL"),
            None => {}
        }
    }

    /// Whether the rest is met, which only the alert itself tells.
    pub(super) fn is_met_by(&self, record: &Record) -> bool {
        self.is_muted
            .is_none_or(|is_muted| is_muted == record.is_muted())
            && (self.matchers.is_empty() || Matched::of(record).meets(&self.matchers))
    }
}

/// Conditions in SQL with their parameters, in the same order.
#[derive(Debug)]
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) params: Params,
}

impl Conditions {
    pub(super) fn new(first: &str) -> Self {
        Self {
            sql: first.to_owned(),
            params: Params::new(),
        }
    }

    pub(super) fn add(&mut self, condition: &str, param: impl ToParam) {
        self.require(condition);
        self.params = std::mem::take(&mut self.params).push(param);
    }

    fn add_if(&mut self, condition: &str, param: Option<impl ToParam>) {
        if let Some(param) = param {
            self.add(condition, param);
        }
    }

    fn require(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }
}

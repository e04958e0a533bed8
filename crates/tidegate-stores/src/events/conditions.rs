//! Which events are meant, and the SQL that says so.

#[cfg(test)]
mod tests;

use tidegate::{Params, ToParam, list};

use super::event::{REFERENCE_BYTES_MAX, check_health};
use super::search::expression;
use super::severity::Severity;
use crate::check;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;

/// The most values of one list of a filter.
pub const FILTER_VALUES_MAX: usize = 100;

const TAGGED: &str =
    "tg_event.seq IN (SELECT seq FROM tg_event_tag WHERE tag IN rarray(?) AND seq > ?)";
const FOUND: &str =
    "tg_event.seq IN (SELECT rowid FROM tg_event_text WHERE tg_event_text MATCH ? AND rowid > ?)";

/// Which events are meant: those that meet every condition. A list is met by any of its values, an empty one by every
/// event; so is a condition that is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Filter {
    /// Of any of these types.
    pub types: Vec<String>,
    /// Of any of these severities.
    pub severities: Vec<Severity>,
    /// From any of these sources.
    pub sources: Vec<String>,
    /// Of any of these categories.
    pub categories: Vec<String>,
    /// About any of these targets.
    pub targets: Vec<String>,
    /// Of any status of these.
    pub statuses: Vec<String>,
    /// With any of these tags.
    pub tags: Vec<String>,
    /// With this correlation id.
    pub correlation_id: Option<String>,
    /// Of this user.
    pub user_id: Option<String>,
    /// Happened then or later.
    pub from: Option<Timestamp>,
    /// Happened then or earlier.
    pub to: Option<Timestamp>,
    /// With at least this health score.
    pub health_min: Option<f64>,
    /// With at most this health score.
    pub health_max: Option<f64>,
    /// With all these words in title, description, details or tags, whatever their case or accents. What double quotes
    /// enclose must stand together; nothing else has a meaning of its own.
    pub text: Option<String>,
}

impl Filter {
    /// The conditions as SQL.
    pub(super) fn conditions(&self) -> Result<Conditions> {
        self.conditions_after(0)
    }

    /// The conditions as SQL, of which tags and text look at the events after the number `seq` only. To the others, that
    /// is for the caller to add.
    pub(super) fn conditions_after(&self, seq: u64) -> Result<Conditions> {
        self.check()?;
        let severities: Vec<String> = self.severities.iter().map(ToString::to_string).collect();
        let mut conditions = Conditions::default();
        conditions.any_of("types", "type", &self.types)?;
        conditions.any_of("severities", "severity", &severities)?;
        conditions.any_of("sources", "source", &self.sources)?;
        conditions.any_of("categories", "category", &self.categories)?;
        conditions.any_of("targets", "target", &self.targets)?;
        conditions.any_of("statuses", "status", &self.statuses)?;
        conditions.any_of(
            "correlation_id",
            "correlation_id",
            self.correlation_id.as_slice(),
        )?;
        conditions.any_of("user_id", "user_id", self.user_id.as_slice())?;
        conditions.any_tag(&self.tags, seq)?;
        conditions.compare("at >= ?", self.from);
        conditions.compare("at <= ?", self.to);
        conditions.compare("health_score >= ?", self.health_min);
        conditions.compare("health_score <= ?", self.health_max);
        if let Some(text) = &self.text {
            conditions.add_pair(FOUND, (expression(text)?, seq));
        }
        Ok(conditions)
    }

    fn check(&self) -> Result<()> {
        let scores = [
            ("health_min", self.health_min),
            ("health_max", self.health_max),
        ];
        for (field, score) in scores {
            score.map_or(Ok(()), |score| check_health(field, score))?;
        }
        let is_reversed = self.from.zip(self.to).is_some_and(|(from, to)| from > to);
        match is_reversed {
            true => Err(Error::invalid("from", "must not lie after `to`")),
            false => Ok(()),
        }
    }
}

/// Conditions in SQL with their parameters, in the same order.
#[derive(Default)]
pub(super) struct Conditions {
    sql: String,
    params: Params,
}

impl Conditions {
    /// Adds a condition that has one parameter.
    pub(super) fn add(&mut self, condition: &str, param: impl ToParam) {
        self.require(condition);
        self.params = std::mem::take(&mut self.params).push(param);
    }

    /// Adds a condition that has two.
    pub(super) fn add_pair(&mut self, condition: &str, (one, two): (impl ToParam, impl ToParam)) {
        self.require(condition);
        self.params = std::mem::take(&mut self.params).push(one).push(two);
    }

    /// The statement `select … WHERE … rest`, and its parameters: those of the conditions, then `last`.
    pub(super) fn statement(
        self,
        select: &str,
        rest: &str,
        last: Option<usize>,
    ) -> (String, Params) {
        let sql = match self.sql.is_empty() {
            true => format!("{select} {rest}"),
            false => format!("{select} WHERE {} {rest}", self.sql),
        };
        match last {
            Some(last) => (sql, self.params.push(last)),
            None => (sql, self.params),
        }
    }

    /// Adds a condition that has none.
    pub(super) fn require(&mut self, condition: &str) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(condition);
    }

    fn compare(&mut self, condition: &str, param: Option<impl ToParam>) {
        if let Some(param) = param {
            self.add(condition, param);
        }
    }

    /// One value is compared, so that an index can give the rows in their order; more are looked up in a list.
    fn any_of(&mut self, field: &'static str, column: &str, values: &[String]) -> Result<()> {
        check_values(field, values)?;
        match values {
            [] => {}
            [one] => self.add(&format!("{column} = ?"), one),
            many => self.add(&format!("{column} IN rarray(?)"), list(many)),
        }
        Ok(())
    }

    fn any_tag(&mut self, tags: &[String], seq: u64) -> Result<()> {
        check_values("tags", tags)?;
        match tags {
            [] => {}
            tags => self.add_pair(TAGGED, (list(tags), seq)),
        }
        Ok(())
    }
}

fn check_values(field: &'static str, values: &[String]) -> Result<()> {
    check::count(field, values.len(), FILTER_VALUES_MAX)?;
    values
        .iter()
        .try_for_each(|value| check::line(field, value, REFERENCE_BYTES_MAX))
}

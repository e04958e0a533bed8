//! One statement, run once for each of many rows of parameters.

use super::stepping::interrupted;
use super::{CONTINUE, Engine};
use crate::authorizer::Facts;
use crate::current;
use crate::engine::group::Wrap;
use crate::error::Result;
use crate::params::Params;
use crate::trace;

/// From so many rows on, a bulk statement is no longer logged: it ends its group instead, and a commit of its own is
/// cheap beside it.
pub(crate) const BULK: usize = 64;

/// The parameters of a row, with its index.
type Row = (usize, Result<Params>);

impl Engine<'_> {
    /// Runs one statement once for each row of parameters; the error names the row.
    pub(crate) fn run_many(
        &mut self,
        sql: &str,
        rows: &mut dyn Iterator<Item = Result<Params>>,
    ) -> Result<u64> {
        let mut rows = rows.enumerate();
        let changed = self.run_each(sql, &mut rows.by_ref().take(BULK))?;
        let Some(next) = rows.next() else {
            return Ok(changed);
        };
        self.redo.seal();
        let rest = std::iter::once(next).chain(rows);
        Ok(changed + self.run_rest(sql, rest)?)
    }

    fn run_each(&mut self, sql: &str, rows: &mut dyn Iterator<Item = Row>) -> Result<u64> {
        let mut changed = 0;
        for (index, params) in rows {
            let run = params.and_then(|params| self.run(sql, params, &mut |_| Ok(CONTINUE)));
            changed += run.map_err(|error| error.with_item(index))?.changes;
        }
        Ok(changed)
    }

    /// Runs the rows that are not logged any more. What holds for all of them alike is found out once.
    fn run_rest(&mut self, sql: &str, mut rows: impl Iterator<Item = Row>) -> Result<u64> {
        self.still_open()?;
        let at = self.statements.locate(sql)?;
        let facts = self.statements.at(at).facts.clone();
        if self.wrap == Wrap::BeforeWrite || !is_plain(&facts) {
            return self.run_each(sql, &mut rows);
        }
        let mut changed = 0;
        let outcome = rows.try_for_each(|(index, params)| {
            let run = params.and_then(|params| self.run_plain(at, sql, &params));
            run.map(|rows| changed += rows)
                .map_err(|error| error.with_item(index))
        });
        self.counts.rows_changed += changed;
        self.conclude_plain(at, sql);
        outcome.map(|()| changed)
    }

    fn run_plain(&mut self, at: usize, sql: &str, params: &Params) -> Result<u64> {
        trace::statement(sql);
        if current::is_given_up() {
            return Err(interrupted());
        }
        let before = self.before_write();
        let outcome = self.statements.at(at).run_without_rows(params);
        outcome.map_err(|failure| {
            self.has_failed = true;
            self.forget_failed(&before, false);
            failure.into_error(sql, params)
        })
    }

    fn conclude_plain(&mut self, at: usize, sql: &str) {
        let prepared = self.statements.at(at);
        prepared.statement.clear_bindings();
        self.collector.wrote(&prepared.facts);
        if prepared.was_compiled_anew() {
            self.statements.remove(sql);
            self.collector.wrote_anything();
        }
    }
}

/// Whether a statement does nothing but change rows that SQLite counts, and gives none.
fn is_plain(facts: &Facts) -> bool {
    !facts.read_only
        && !facts.has_columns
        && !facts.is_empty
        && !facts.solo
        && !facts.changes_schema
        && !facts.writes.is_empty()
}

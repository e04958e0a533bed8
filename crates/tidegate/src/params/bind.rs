//! Binds parameters to a statement.

use std::rc::Rc;

use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Statement, ffi};

use super::Params;
use super::param::{Param, Slot};
use crate::error::{Error, Result};

/// The type under which the `rarray` table function takes its pointer.
const ARRAY_TYPE: &std::ffi::CStr = c"rarray";

impl Params {
    /// Binds every parameter of `stmt`; SQLite makes the only copy.
    ///
    /// # Errors
    /// `Misuse` if the number or the names do not match what the statement takes, before anything is bound.
    pub(crate) fn bind(&self, stmt: &mut Statement<'_>) -> Result<()> {
        match &self.names {
            None => self.bind_by_position(stmt),
            Some(names) => self.bind_by_name(names, stmt),
        }
    }

    fn bind_by_position(&self, stmt: &mut Statement<'_>) -> Result<()> {
        let expected = stmt.parameter_count();
        if expected != self.values.len() {
            return Err(wrong_count(expected, self.values.len()));
        }
        for (index, param) in self.values.iter().enumerate() {
            bind_one(stmt, index + 1, param)?;
        }
        Ok(())
    }

    fn bind_by_name(&self, names: &[impl AsRef<str>], stmt: &mut Statement<'_>) -> Result<()> {
        let count = stmt.parameter_count();
        let wanted: Vec<Option<&str>> = (1..=count)
            .map(|index| stmt.parameter_name(index))
            .collect();
        let unknown = names.iter().find(|given| {
            !wanted
                .iter()
                .flatten()
                .any(|name| is_same(given.as_ref(), name))
        });
        if let Some(name) = unknown {
            return Err(unknown_name(name.as_ref(), &wanted));
        }
        let chosen: Vec<usize> = wanted
            .iter()
            .enumerate()
            .map(|(index, name)| choose(names, index, *name))
            .collect::<Result<_>>()?;
        for (index, param) in chosen.into_iter().map(|at| &self.values[at]).enumerate() {
            bind_one(stmt, index + 1, param)?;
        }
        Ok(())
    }
}

/// Which of the given parameters goes to the statement's parameter at `index`.
fn choose(names: &[impl AsRef<str>], index: usize, wanted: Option<&str>) -> Result<usize> {
    let Some(wanted) = wanted else {
        return Err(Error::misuse(format!(
            "the statement's parameter {} has no name",
            index + 1
        )));
    };
    let mut matching = (0..names.len()).filter(|&at| is_same(names[at].as_ref(), wanted));
    match (matching.next(), matching.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => Err(Error::misuse(format!(
            "parameter `{wanted}` is given twice"
        ))),
        (None, _) => Err(Error::misuse(format!("parameter `{wanted}` is missing"))),
    }
}

/// Whether the name given by the caller, with or without its prefix, is the statement's.
fn is_same(given: &str, wanted: &str) -> bool {
    given == wanted || wanted.get(1..) == Some(given)
}

#[cold]
fn unknown_name(name: &str, wanted: &[Option<&str>]) -> Error {
    let known: Vec<&str> = wanted.iter().flatten().copied().collect();
    let known = if known.is_empty() {
        "none with a name".to_owned()
    } else {
        known.join(", ")
    };
    Error::misuse(format!(
        "the statement has no parameter `{name}`; it has {known}"
    ))
}

#[cold]
fn wrong_count(expected: usize, given: usize) -> Error {
    let plural = if expected == 1 { "" } else { "s" };
    Error::misuse(format!(
        "the statement takes {expected} parameter{plural}, {given} given"
    ))
}

fn bind_one(stmt: &mut Statement<'_>, position: usize, param: &Param) -> Result<()> {
    stmt.raw_bind_parameter(position, Binding(param))
        .map_err(|error| failed(error, position))
}

/// SQLite refuses a parameter only for its size: its texts say nothing of which one it was.
#[cold]
fn failed(error: rusqlite::Error, position: usize) -> Error {
    Error::from_sqlite(error, None).context(format!("parameter {position}"))
}

struct Binding<'a>(&'a Param);

impl ToSql for Binding<'_> {
    #[inline]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match &self.0.0 {
            Slot::Zeroes(length) => Ok(ToSqlOutput::ZeroBlob(*length)),
            Slot::List(list) => Ok(ToSqlOutput::from_rc(Rc::new(list.to_vec()), ARRAY_TYPE)),
            _ => self
                .0
                .plain()
                .map(ToSqlOutput::Borrowed)
                .ok_or_else(not_plain),
        }
    }
}

#[cold]
fn not_plain() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_MISUSE), None)
}

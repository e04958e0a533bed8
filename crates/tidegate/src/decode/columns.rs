//! The names of a result's columns, read once per execution and shared by its rows.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};

/// The column names of a result, in order.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Columns(Vec<Box<str>>);

impl Columns {
    /// The number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the column at `index`, counted from zero.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<&str> {
        self.0.get(index).map(AsRef::as_ref)
    }

    /// The names in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The position of the column called `name`: spelled exactly so, or else in other ASCII case, as SQL does.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) if there is no such column, or more than one.
    pub fn position(&self, name: &str) -> Result<usize> {
        let exact = self.only(|column| column == name).transpose();
        let found = exact.or_else(|| {
            self.only(|column| column.eq_ignore_ascii_case(name))
                .transpose()
        });
        match found {
            Some(Ok(index)) => Ok(index),
            Some(Err(Ambiguous)) => Err(Error::misuse(format!(
                "more than one column is called `{name}`"
            ))),
            None => Err(Error::misuse(format!(
                "there is no column `{name}`; there are {self}"
            ))),
        }
    }

    fn only(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Option<usize>, Ambiguous> {
        let mut matching = self
            .iter()
            .enumerate()
            .filter(|(_, column)| is_wanted(column))
            .map(|(index, _)| index);
        match (matching.next(), matching.next()) {
            (_, Some(_)) => Err(Ambiguous),
            (first, None) => Ok(first),
        }
    }

    /// The first name that stands twice.
    pub(crate) fn duplicate(&self) -> Option<&str> {
        self.iter()
            .enumerate()
            .find(|(index, name)| self.iter().take(*index).any(|other| other == *name))
            .map(|(_, name)| name)
    }
}

struct Ambiguous;

impl<S: AsRef<str>> FromIterator<S> for Columns {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self(names.into_iter().map(|name| name.as_ref().into()).collect())
    }
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// As shown in errors.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.iter().enumerate() {
            write!(f, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// The names for one execution of a statement, read when they are first needed.
///
/// Made after the first step at the earliest: that step may have prepared the statement anew, with other columns.
#[derive(Debug, Default)]
pub(crate) struct ColumnNames {
    columns: OnceCell<Arc<Columns>>,
    /// A first row has asked for names. Most results have no second one, and are not worth a copy of the names.
    asked: Cell<bool>,
}

impl ColumnNames {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(super) fn of(&self, row: &rusqlite::Row<'_>) -> &Arc<Columns> {
        self.columns
            .get_or_init(|| Arc::new(row.as_ref().column_names().collect()))
    }

    /// One name: a copy from the second row on, before that SQLite's own.
    #[inline]
    pub(super) fn name<'a>(&'a self, row: &'a rusqlite::Row<'_>, index: usize) -> &'a str {
        match self.columns.get() {
            Some(columns) => columns.get(index).unwrap_or_default(),
            None => self.uncached_name(row, index),
        }
    }

    #[cold]
    fn uncached_name<'a>(&'a self, row: &'a rusqlite::Row<'_>, index: usize) -> &'a str {
        if index == 0 && self.asked.replace(true) {
            return self.of(row).get(0).unwrap_or_default();
        }
        row.as_ref().column_name(index).unwrap_or_default()
    }
}

//! Violated constraints, read from SQLite's messages.

use rusqlite::ffi;

/// A constraint of the schema that refused the data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Constraint {
    /// Which sort of constraint.
    pub kind: ConstraintKind,
    /// The name of the CHECK constraint (its expression if it has no name) or of the index.
    pub name: Option<String>,
    /// The table, where SQLite says.
    pub table: Option<String>,
    /// The columns, where SQLite says.
    pub columns: Vec<String>,
}

/// The sorts of constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// UNIQUE, or a unique index.
    Unique,
    /// PRIMARY KEY.
    PrimaryKey,
    /// The rowid is taken.
    RowId,
    /// NOT NULL.
    NotNull,
    /// CHECK.
    Check,
    /// A foreign key has no parent, or a parent still has children.
    ForeignKey,
    /// A trigger raised an error.
    Trigger,
    /// A value of the wrong type for a STRICT table or a rowid.
    DataType,
    /// Any other: a commit hook, a virtual table, a function.
    Other,
}

impl Constraint {
    /// Reads SQLite's message for one of its constraint codes.
    pub(super) fn parse(extended_code: i32, message: &str) -> Self {
        let mut constraint = Self {
            kind: kind_of(extended_code),
            name: None,
            table: None,
            columns: Vec::new(),
        };
        match constraint.kind {
            ConstraintKind::Check => constraint.name = after(message, "CHECK constraint failed: "),
            ConstraintKind::NotNull => {
                constraint.read_columns(after(message, "NOT NULL constraint failed: "))
            }
            ConstraintKind::Unique | ConstraintKind::PrimaryKey | ConstraintKind::RowId => {
                constraint.read_columns(after(message, "UNIQUE constraint failed: "));
            }
            ConstraintKind::DataType => constraint.read_columns(last_word(message)),
            ConstraintKind::ForeignKey | ConstraintKind::Trigger | ConstraintKind::Other => {}
        }
        constraint
    }

    /// Whether SQLite makes the message from the schema alone, so that it cannot quote a value.
    pub(super) fn is_about_the_schema(&self) -> bool {
        !matches!(self.kind, ConstraintKind::Trigger | ConstraintKind::Other)
    }

    /// Takes `t.a, t.b` or `index 'x'`.
    fn read_columns(&mut self, list: Option<String>) {
        let Some(list) = list else { return };
        if let Some(index) = list
            .strip_prefix("index '")
            .and_then(|rest| rest.strip_suffix('\''))
        {
            self.name = Some(index.to_owned());
            return;
        }
        let table = list.split_once('.').map(|(table, _)| table.to_owned());
        let prefix = table
            .as_ref()
            .map(|table| format!("{table}."))
            .unwrap_or_default();
        self.columns = list
            .split(", ")
            .map(|item| item.strip_prefix(&prefix).unwrap_or(item).to_owned())
            .collect();
        self.table = table;
    }
}

fn kind_of(extended_code: i32) -> ConstraintKind {
    match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE => ConstraintKind::Unique,
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY => ConstraintKind::PrimaryKey,
        ffi::SQLITE_CONSTRAINT_ROWID => ConstraintKind::RowId,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ConstraintKind::NotNull,
        ffi::SQLITE_CONSTRAINT_CHECK => ConstraintKind::Check,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ConstraintKind::ForeignKey,
        ffi::SQLITE_CONSTRAINT_TRIGGER => ConstraintKind::Trigger,
        ffi::SQLITE_CONSTRAINT_DATATYPE | ffi::SQLITE_MISMATCH => ConstraintKind::DataType,
        _ => ConstraintKind::Other,
    }
}

fn after(message: &str, prefix: &str) -> Option<String> {
    message.strip_prefix(prefix).map(str::to_owned)
}

/// `cannot store TEXT value in INTEGER column t.a`: the column comes last.
fn last_word(message: &str) -> Option<String> {
    let (_, column) = message.rsplit_once(" column ")?;
    Some(column.to_owned())
}

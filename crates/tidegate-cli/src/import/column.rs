//! The columns of the table that rows go into.

use tidegate::ReadTx;

use crate::names::{quoted, quoted_list};

/// What SQLite does with a value that is stored in a column, by the column's declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Real,
    Numeric,
    Text,
    Blob,
    /// No declared type, or `ANY`: anything goes.
    Any,
}

impl Affinity {
    /// The rules of <https://sqlite.org/datatype3.html>, in their order.
    pub(crate) fn of(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |word: &str| declared.contains(word);
        if has("INT") {
            Self::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if has("BLOB") {
            Self::Blob
        } else if declared.is_empty() || declared == "ANY" {
            Self::Any
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Self::Real
        } else {
            Self::Numeric
        }
    }
}

/// A column that rows can be inserted into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) declared: String,
    pub(crate) affinity: Affinity,
    pub(crate) not_null: bool,
}

impl Column {
    pub(crate) fn new(name: &str, declared: &str, not_null: bool) -> Self {
        Self {
            name: name.to_owned(),
            declared: declared.to_owned(),
            affinity: Affinity::of(declared),
            not_null,
        }
    }
}

/// The columns of a table, without generated ones; empty if there is no such table.
pub(crate) fn columns_of(tx: &mut ReadTx<'_>, table: &str) -> tidegate::Result<Vec<Column>> {
    let sql = "SELECT name, type, \"notnull\" FROM pragma_table_xinfo(?1) WHERE hidden = 0";
    let rows: Vec<(String, String, bool)> = tx.query(sql, (table,))?;
    let columns = rows
        .iter()
        .map(|(name, declared, not_null)| Column::new(name, declared, *not_null));
    Ok(columns.collect())
}

/// The statement that makes a table of these columns.
pub(crate) fn create_table(table: &str, columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("{} {}", quoted(&column.name), column.declared))
        .collect();
    format!("CREATE TABLE {} ({})", quoted(table), columns.join(", "))
}

/// The statement that inserts one row of these columns.
pub(crate) fn insert_into(table: &str, columns: &[Column], or: &str) -> String {
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    format!(
        "INSERT{or} INTO {} ({}) VALUES ({})",
        quoted(table),
        quoted_list(columns.iter().map(|column| column.name.as_str())),
        marks.join(", ")
    )
}

//! What the rules look at, read in one snapshot.

use std::collections::BTreeMap;

use tidegate::ReadTx;

use crate::names::quoted;

/// Tables with more rows are not counted to the end.
const COUNTED_ROWS_MAX: u64 = 10_000;

/// A foreign key of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ForeignKey {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    pub(crate) parent: String,
}

/// An index of a table. A column without a name is an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) columns: Vec<Option<String>>,
    /// `COLLATE` and `DESC`, as one text for each column.
    pub(crate) orders: Vec<String>,
    pub(crate) unique: bool,
    pub(crate) partial: bool,
    /// Made by `CREATE INDEX`, not by a constraint.
    pub(crate) explicit: bool,
}

/// Everything known about a database file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The file as the user named it, ready for a command line.
    pub(crate) file: String,
    pub(crate) wal_bytes: u64,
    pub(crate) has_rollback_journal: bool,
    pub(crate) is_writable: bool,
    pub(crate) findings: Vec<String>,
    pub(crate) pragmas: BTreeMap<&'static str, String>,
    pub(crate) page_size: u64,
    pub(crate) pages: u64,
    pub(crate) free_pages: u64,
    pub(crate) tables: Vec<String>,
    /// The columns that are the row's own key (`INTEGER PRIMARY KEY`), by table.
    pub(crate) row_keys: BTreeMap<String, String>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) has_statistics: bool,
    /// Tables of at least so many rows that a plan matters.
    pub(crate) large_tables: Vec<String>,
}

/// Those that are properties of the file, not of a connection.
const PRAGMAS: [&str; 8] = [
    "journal_mode",
    "page_size",
    "page_count",
    "freelist_count",
    "auto_vacuum",
    "encoding",
    "user_version",
    "application_id",
];

impl Facts {
    /// Reads what is in the database; what is around it has been filled in before.
    pub(crate) fn read(mut self, tx: &mut ReadTx<'_>) -> tidegate::Result<Self> {
        for name in PRAGMAS {
            let value: tidegate::Row = tx.query_one(&format!("PRAGMA {name}"), ())?;
            self.pragmas.insert(name, text_of(value.values().first()));
        }
        self.page_size = self.number("page_size");
        self.pages = self.number("page_count");
        self.free_pages = self.number("freelist_count");
        self.tables = tx.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
            (),
        )?;
        self.row_keys = row_keys(tx)?;
        self.foreign_keys = foreign_keys(tx)?;
        self.indexes = indexes(tx)?;
        let statistics = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'";
        self.has_statistics = tx.query_scalar::<i64>(statistics, ())? > 0;
        self.large_tables = large_tables(tx, &self.tables)?;
        Ok(self)
    }

    pub(crate) fn pragma(&self, name: &str) -> &str {
        self.pragmas.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> u64 {
        self.pragma(name).parse().unwrap_or(0)
    }
}

fn text_of(value: Option<&tidegate::Value>) -> String {
    match value {
        Some(tidegate::Value::Text(text)) => text.clone(),
        Some(tidegate::Value::Integer(integer)) => integer.to_string(),
        _ => String::new(),
    }
}

fn row_keys(tx: &mut ReadTx<'_>) -> tidegate::Result<BTreeMap<String, String>> {
    let sql =
        "SELECT t.name, min(c.name) FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
        WHERE t.schema = 'main' AND t.type = 'table' AND t.wr = 0 AND c.pk > 0
        GROUP BY t.name HAVING count(*) = 1 AND upper(min(c.type)) = 'INTEGER'";
    let rows: Vec<(String, String)> = tx.query(sql, ())?;
    Ok(rows.into_iter().collect())
}

fn foreign_keys(tx: &mut ReadTx<'_>) -> tidegate::Result<Vec<ForeignKey>> {
    let sql = "SELECT m.name, f.id, f.\"table\", f.\"from\"
        FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f
        WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq";
    let rows: Vec<(String, i64, String, String)> = tx.query(sql, ())?;
    let mut keys: BTreeMap<(String, i64), ForeignKey> = BTreeMap::new();
    for (table, id, parent, column) in rows {
        let key = keys.entry((table.clone(), id)).or_default();
        key.table = table;
        key.parent = parent;
        key.columns.push(column);
    }
    Ok(keys.into_values().collect())
}

type IndexRow = (
    String,
    String,
    bool,
    bool,
    String,
    Option<String>,
    String,
    bool,
);

fn indexes(tx: &mut ReadTx<'_>) -> tidegate::Result<Vec<Index>> {
    let sql = "SELECT m.name, i.name, i.\"unique\", i.partial, i.origin, c.name, c.coll, c.\"desc\"
        FROM sqlite_schema AS m, pragma_index_list(m.name) AS i, pragma_index_xinfo(i.name) AS c
        WHERE m.type = 'table' AND c.key = 1 ORDER BY m.name, i.name, c.seqno";
    let rows: Vec<IndexRow> = tx.query(sql, ())?;
    let mut all: BTreeMap<String, Index> = BTreeMap::new();
    for (table, name, unique, partial, origin, column, collation, descending) in rows {
        let index = all.entry(name.clone()).or_default();
        (index.name, index.table) = (name, table);
        (index.unique, index.partial) = (unique, partial);
        index.explicit = origin == "c";
        index.columns.push(column);
        index.orders.push(format!("{collation} {descending}"));
    }
    Ok(all.into_values().collect())
}

fn large_tables(tx: &mut ReadTx<'_>, tables: &[String]) -> tidegate::Result<Vec<String>> {
    let mut large = Vec::new();
    for table in tables {
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {COUNTED_ROWS_MAX})",
            quoted(table)
        );
        if tx.query_scalar::<u64>(&sql, ())? == COUNTED_ROWS_MAX {
            large.push(table.clone());
        }
    }
    Ok(large)
}

//! Names of tables and columns: as SQL takes them, and those that there are.

use tidegate::Database;

use crate::context::Context;
use crate::failure::Failure;

const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')
    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
/// A longer list helps nobody.
const TABLES_SHOWN: usize = 20;

/// An identifier between double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A list of quoted identifiers.
pub(crate) fn quoted_list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(quoted).collect();
    quoted.join(", ")
}

/// The names of the tables and views, for a hint; empty if they cannot be read.
pub(crate) async fn tables(context: &Context, database: &Database) -> Vec<String> {
    let names: Vec<String> = context
        .call(database.query(TABLES, ()))
        .await
        .unwrap_or_default();
    names.into_iter().take(TABLES_SHOWN).collect()
}

/// Adds the tables that there are to the news that one is not.
pub(crate) async fn with_tables(
    context: &Context,
    database: &Database,
    failure: Failure,
) -> Failure {
    if !failure.to_string().starts_with("no such table: ") {
        return failure;
    }
    let tables = tables(context, database).await;
    match tables.is_empty() {
        true => failure.hint("there are no tables"),
        false => failure.hint(format!("there are {}", tables.join(", "))),
    }
}

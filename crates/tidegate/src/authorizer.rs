//! What a statement does, learnt from SQLite's authorizer while it is compiled; and what the driver refuses.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, Statement};

use crate::error::{Error, Result};
use crate::sync::{Arc, Mutex, lock};

/// Settings that the driver owns, or that would hold on one connection of several only.
const OWNED_PRAGMAS: &[&str] = &[
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "cache_spill",
    "case_sensitive_like",
    "cell_size_check",
    "checkpoint_fullfsync",
    "foreign_keys",
    "fullfsync",
    "hexkey",
    "hexrekey",
    "ignore_check_constraints",
    "journal_mode",
    "journal_size_limit",
    "key",
    "legacy_alter_table",
    "locking_mode",
    "mmap_size",
    "query_only",
    "read_uncommitted",
    "recursive_triggers",
    "rekey",
    "reverse_unordered_selects",
    "secure_delete",
    "soft_heap_limit",
    "hard_heap_limit",
    "synchronous",
    "temp_store",
    "textkey",
    "textrekey",
    "threads",
    "trusted_schema",
    "wal_autocheckpoint",
    "writable_schema",
];

/// What one statement reads, writes and needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Tables (and the tables behind views) that it reads, in lower case.
    pub(crate) reads: BTreeSet<String>,
    /// Tables that it writes, triggers included, in lower case.
    pub(crate) writes: BTreeSet<String>,
    /// It changes the schema.
    pub(crate) changes_schema: bool,
    /// It changes nothing.
    pub(crate) read_only: bool,
    /// SQLite runs it outside transactions only.
    pub(crate) solo: bool,
    /// It yields rows.
    pub(crate) has_columns: bool,
    /// The text holds no statement at all.
    pub(crate) is_empty: bool,
    /// It asks how the connection is set, and changes nothing.
    pub(crate) asks_for_setting: bool,
    pub(crate) refusal: Option<Cow<'static, str>>,
}

impl Facts {
    pub(crate) fn complete(mut self, statement: &Statement<'_>, sql: &str) -> Self {
        self.read_only = (statement.readonly() || self.asks_for_setting) && !self.solo;
        self.has_columns = statement.column_count() > 0;
        self.solo |= starts_with_keyword(sql, "VACUUM");
        self.is_empty = statement.column_count() == 0 && only_comments(sql);
        self
    }

    fn note(&mut self, action: AuthAction<'_>) -> Authorization {
        match action {
            AuthAction::Read { table_name, .. } => self.read(table_name),
            AuthAction::Insert { table_name }
            | AuthAction::Update { table_name, .. }
            | AuthAction::Delete { table_name } => self.write(table_name),
            AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => self.refuse(
                "transactions are the driver's: use write(), begin() or savepoint() instead of BEGIN, COMMIT, ROLLBACK, SAVEPOINT or RELEASE",
            ),
            AuthAction::Pragma {
                pragma_name,
                pragma_value: Some(_),
            } if is_owned(pragma_name) => self.refuse(format!(
                "PRAGMA {pragma_name} is a setting of every connection: set it when opening, through Options"
            )),
            AuthAction::Pragma {
                pragma_name,
                pragma_value: None,
            } if is_owned(pragma_name) => {
                // SQLite takes some of these questions for writing.
                self.asks_for_setting = true;
                Authorization::Allow
            }
            AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
                self.solo = true;
                Authorization::Allow
            }
            AuthAction::Select
            | AuthAction::Function { .. }
            | AuthAction::Recursive
            | AuthAction::Pragma { .. }
            | AuthAction::Unknown { .. } => Authorization::Allow,
            _ => {
                self.changes_schema = true;
                Authorization::Allow
            }
        }
    }

    fn read(&mut self, table: &str) -> Authorization {
        note_table(&mut self.reads, table);
        Authorization::Allow
    }

    fn write(&mut self, table: &str) -> Authorization {
        note_table(&mut self.writes, table);
        Authorization::Allow
    }

    fn refuse(&mut self, reason: impl Into<Cow<'static, str>>) -> Authorization {
        self.refusal.get_or_insert(reason.into());
        Authorization::Deny
    }
}

/// SQLite tells a name as the schema spells it, or, where no column is read, as the statement does.
fn note_table(tables: &mut BTreeSet<String>, name: &str) {
    if !tables.contains(name) {
        tables.insert(name.to_ascii_lowercase());
    }
}

fn is_owned(pragma: &str) -> bool {
    let pragma = pragma.to_ascii_lowercase();
    OWNED_PRAGMAS.contains(&pragma.as_str()) || pragma.starts_with("cipher_")
}

#[derive(Debug, Default)]
struct Learning {
    facts: Option<Facts>,
    rows_one_by_one: bool,
    /// The table or view that the statement being compiled drops.
    dropped: Option<String>,
}

impl Learning {
    /// Whether the action deletes the rows of a table that goes on. Dropping one is asked about as deleting from it
    /// too, and ignoring that would leave it there.
    fn deletes_rows(&mut self, action: AuthAction<'_>) -> bool {
        match action {
            AuthAction::DropTable { table_name: name }
            | AuthAction::DropTempTable { table_name: name }
            | AuthAction::DropVtable {
                table_name: name, ..
            }
            | AuthAction::DropView { view_name: name }
            | AuthAction::DropTempView { view_name: name } => {
                self.dropped = Some(name.to_owned());
                false
            }
            AuthAction::Delete { table_name } => {
                let is_dropped = self.dropped.take_if(|dropped| dropped == table_name);
                is_dropped.is_none() && !table_name.starts_with("sqlite_")
            }
            _ => false,
        }
    }
}

/// Where the authorizer writes down what it sees; outside `begin`…`finish` it allows everything,
/// so that the driver's own statements pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Learning>>);

impl Ledger {
    pub(crate) fn begin(&self) {
        let mut learning = lock(&self.0);
        learning.facts = Some(Facts::default());
        learning.dropped = None;
    }

    pub(crate) fn finish(&self) -> Facts {
        lock(&self.0).facts.take().unwrap_or_default()
    }

    /// Makes `DELETE FROM t` without a filter delete row by row, so that the update hook sees each.
    pub(crate) fn delete_row_by_row(&self) {
        lock(&self.0).rows_one_by_one = true;
    }

    fn authorize(&self, context: &AuthContext<'_>) -> Authorization {
        let mut learning = lock(&self.0);
        let deletes_rows = learning.deletes_rows(context.action);
        let row_by_row = learning.rows_one_by_one;
        let answer = match &mut learning.facts {
            Some(facts) => facts.note(context.action),
            None => Authorization::Allow,
        };
        match deletes_rows && row_by_row {
            // SQLite: with IGNORE the DELETE proceeds, but without the truncate optimisation.
            true => Authorization::Ignore,
            false => answer,
        }
    }

    pub(crate) fn install(&self, connection: &mut Connection) -> Result<()> {
        let ledger = self.clone();
        connection
            .authorizer(Some(move |context: AuthContext<'_>| {
                ledger.authorize(&context)
            }))
            .map_err(|error| Error::from_sqlite(error, None))
    }
}

/// The text after leading white space and comments.
pub(crate) fn first_token(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else if let Some(after) = rest.strip_prefix(';') {
            after
        } else {
            return rest;
        };
        rest = after.trim_start();
    }
}

pub(crate) fn starts_with_keyword(sql: &str, keyword: &str) -> bool {
    let token = first_token(sql);
    let Some(head) = token.get(..keyword.len()) else {
        return false;
    };
    let next = token.as_bytes().get(keyword.len());
    head.eq_ignore_ascii_case(keyword)
        && !next.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn only_comments(sql: &str) -> bool {
    first_token(sql).is_empty()
}

/// Whether a text can change the database, told from its words alone: a reader must not be asked to run it.
/// A `WITH` that merely mentions such a word counts as writing, which costs speed but nothing else.
pub(crate) fn may_write(sql: &str) -> bool {
    let reads = ["SELECT", "VALUES", "EXPLAIN", "PRAGMA"];
    if reads
        .iter()
        .any(|keyword| starts_with_keyword(sql, keyword))
    {
        return starts_with_keyword(sql, "PRAGMA") && sql.contains('=');
    }
    if !starts_with_keyword(sql, "WITH") {
        return true;
    }
    let upper = sql.to_ascii_uppercase();
    ["INSERT", "UPDATE", "DELETE", "REPLACE"]
        .iter()
        .any(|word| upper.contains(word))
}

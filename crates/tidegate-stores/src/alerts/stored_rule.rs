//! Rules as they stand in the database.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use super::in_json::InJson;
use super::marks::take_revision;
use super::rule::Rule;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// A rule with what the database knows of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoredRule {
    /// The rule.
    pub rule: Rule,
    /// Whose set it belongs to, such as `config`.
    pub source: String,
    /// Grows with each change of any rule.
    pub revision: u64,
    /// When there was first a rule of this name.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A row of `tg_alert_rule`.
#[derive(Deserialize)]
pub(super) struct Row {
    definition: InJson<Rule>,
    source: String,
    revision: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Row> for StoredRule {
    fn from(row: Row) -> Self {
        Self {
            rule: row.definition.0,
            source: row.source,
            revision: row.revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

const SELECT: &str =
    "SELECT definition, source, revision, created_at, updated_at FROM tg_alert_rule";

/// The rule of a name.
pub(super) fn find(tx: &mut ReadTx<'_>, name: &str) -> Result<Option<StoredRule>> {
    let row: Option<Row> = tx.query_opt(&format!("{SELECT} WHERE name = ?"), (name,))?;
    Ok(row.map(StoredRule::from))
}

/// All rules by name, or those of one source.
pub(super) fn all(tx: &mut ReadTx<'_>, source: Option<&str>) -> Result<Vec<StoredRule>> {
    let rows: Vec<Row> = match source {
        Some(source) => tx.query(
            &format!("{SELECT} WHERE source = ? ORDER BY name"),
            (source,),
        )?,
        None => tx.query(&format!("{SELECT} ORDER BY name"), ())?,
    };
    Ok(rows.into_iter().map(StoredRule::from).collect())
}

/// Those that are evaluated, by name.
pub(super) fn enabled(tx: &mut ReadTx<'_>) -> Result<Vec<StoredRule>> {
    let rows: Vec<Row> = tx.query(&format!("{SELECT} WHERE is_enabled = 1 ORDER BY name"), ())?;
    Ok(rows.into_iter().map(StoredRule::from).collect())
}

/// Stores a rule that is new or has changed.
pub(super) fn save(tx: &mut Tx<'_>, now: Timestamp, source: &str, rule: Rule) -> Result<()> {
    let revision = take_revision(tx)?;
    let sql = "INSERT INTO tg_alert_rule
        (name, source, definition, is_enabled, revision, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
        ON CONFLICT (name) DO UPDATE SET source = ?2, definition = ?3, is_enabled = ?4, revision = ?5, updated_at = ?6";
    let (name, enabled) = (rule.name.clone(), rule.enabled);
    tx.execute(sql, (name, source, &InJson(rule), enabled, revision, now))?;
    Ok(())
}

pub(super) fn remove(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    tx.execute("DELETE FROM tg_alert_rule WHERE name = ?", (name,))?;
    Ok(())
}

//! Targets in their table.

use std::time::Duration;

use serde::Deserialize;
use tidegate::{Params, ReadTx, Tx};

use super::in_json::{in_micros, span};
use super::severity::Severity;
use super::target::{RateLimit, Target, TargetKind};
use crate::error::{Error, Result};
use crate::json_text::JsonText;
use crate::timestamp::micros;

/// A row of the table.
#[derive(Deserialize)]
pub(super) struct TargetRow {
    name: String,
    source: String,
    kind: TargetKind,
    settings: JsonText,
    severity_min: Severity,
    send_resolved: bool,
    rate_count: Option<u32>,
    rate_period: Option<i64>,
    concurrency: u32,
    #[serde(deserialize_with = "in_micros")]
    timeout: Duration,
    is_enabled: bool,
}

impl TargetRow {
    /// Who defined it, and what.
    pub(super) fn into_parts(self) -> (String, Target) {
        let limit = self.rate_count.zip(self.rate_period);
        let target = Target {
            name: self.name,
            kind: self.kind,
            settings: self.settings,
            severity_min: self.severity_min,
            send_resolved: self.send_resolved,
            rate_limit: limit.map(|(count, period)| RateLimit {
                count,
                period: span(period),
            }),
            concurrency: self.concurrency,
            timeout: self.timeout,
            is_enabled: self.is_enabled,
        };
        (self.source, target)
    }
}

/// All targets in the order of their names, each with who defined it.
pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Vec<(String, Target)>> {
    let rows: Vec<TargetRow> = tx.query("SELECT * FROM tg_notify_target ORDER BY name", ())?;
    Ok(rows.into_iter().map(TargetRow::into_parts).collect())
}

/// The targets, in the order of their names.
///
/// # Errors
/// What the database answers.
pub fn targets(tx: &mut ReadTx<'_>) -> Result<Vec<Target>> {
    Ok(load(tx)?.into_iter().map(|(_, target)| target).collect())
}

/// One target by its name.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none; and what the database answers.
pub fn target(tx: &mut ReadTx<'_>, name: &str) -> Result<Target> {
    let row = tx.query_opt("SELECT * FROM tg_notify_target WHERE name = ?", (name,))?;
    let row: TargetRow = row.ok_or_else(|| no_target(name))?;
    Ok(row.into_parts().1)
}

pub(super) fn no_target(name: &str) -> Error {
    Error::not_found("target", crate::check::shown(name))
}

/// Puts a target in the place of the one of its name.
pub(super) fn put(tx: &mut Tx<'_>, source: &str, target: &Target) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO tg_notify_target (name, source, kind, settings, severity_min, send_resolved,
        rate_count, rate_period, concurrency, timeout, is_enabled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let limit = target.rate_limit;
    let params = Params::new()
        .push(&*target.name)
        .push(source)
        .push(target.kind)
        .push(&target.settings)
        .push(target.severity_min.as_str())
        .push(target.send_resolved)
        .push(limit.map(|limit| limit.count))
        .push(limit.map(|limit| micros(limit.period)))
        .push(target.concurrency)
        .push(micros(target.timeout))
        .push(target.is_enabled);
    tx.execute(sql, params)?;
    Ok(())
}

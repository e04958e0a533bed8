//! How many occurrences of one fingerprint are taken, and what was dropped.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tidegate::{ReadTx, Tx, list};

use super::in_json::InJson;
use super::marks::{Marks, count_dropped};
use super::settings::settings;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

const LIST: &str = "alert_drops";

/// What was dropped of one fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Drops {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// The name of the alerts.
    pub name: String,
    /// Their labels.
    pub labels: Labels,
    /// How many occurrences were dropped.
    pub dropped: u64,
    /// When the last of them was.
    pub dropped_at: Timestamp,
}

/// What was dropped of each fingerprint, the latest first. What has been quiet for as long as alerts are kept is forgotten.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a limit or a cursor that is not
/// as it must be; and what the database answers.
pub fn drops(tx: &mut ReadTx<'_>, after: Option<&Cursor>, limit: usize) -> Result<Page<Drops>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let place: Option<(Timestamp, Fingerprint)> =
        after.map(|cursor| cursor.key(LIST)).transpose()?;
    let (at, fingerprint) = place.unzip();
    let sql = "SELECT fingerprint, name, labels, dropped, dropped_at FROM tg_alert_rate
        WHERE dropped_at IS NOT NULL AND (?1 IS NULL OR (dropped_at, fingerprint) < (?1, ?2))
        ORDER BY dropped_at DESC, fingerprint DESC LIMIT ?3";
    let rows: Vec<Drops> = tx.query(sql, (at, fingerprint, limit + 1))?;
    Ok(Page::cut(rows, limit, |last| {
        Cursor::after(LIST, &(last.dropped_at, last.fingerprint))
    }))
}

/// How many occurrences were dropped of all fingerprints together, ever.
///
/// # Errors
/// What the database answers.
pub fn dropped(tx: &mut ReadTx<'_>) -> Result<u64> {
    Ok(Marks::load(tx)?.dropped)
}

/// An occurrence that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Taken(Timestamp, Severity);

/// Takes an occurrence, or drops it because there were as many lately as are allowed, none of them less urgent.
pub(super) fn admit(
    tx: &mut Tx<'_>,
    now: Timestamp,
    name: &str,
    labels: &Labels,
    severity: Severity,
) -> Result<bool> {
    let settings = settings(tx)?;
    let fingerprint = Fingerprint::of(name, labels);
    let sql = "SELECT recent FROM tg_alert_rate WHERE fingerprint = ?";
    let stored: Option<(InJson<Vec<Taken>>,)> = tx.query_opt(sql, (fingerprint,))?;
    let mut recent = stored.map(|(recent,)| recent.0).unwrap_or_default();
    let start = now.saturating_sub(settings.rate_window);
    recent.retain(|taken| taken.0 > start && taken.0 <= now);
    let is_full = recent.len() >= settings.rate_occurrences;
    if is_full && recent.iter().any(|taken| taken.1 >= severity) {
        count_drop(tx, now, name, labels)?;
        return Ok(false);
    }
    recent.push(Taken(now, severity));
    let sql = "INSERT INTO tg_alert_rate (fingerprint, name, labels, recent, used_at, dropped) VALUES (?1, ?2, ?3, ?4, ?5, 0)
        ON CONFLICT (fingerprint) DO UPDATE SET recent = ?4, used_at = ?5";
    tx.execute(
        sql,
        (fingerprint, name, labels.clone(), &InJson(recent), now),
    )?;
    Ok(true)
}

/// Counts an occurrence that was dropped.
pub(super) fn count_drop(
    tx: &mut Tx<'_>,
    now: Timestamp,
    name: &str,
    labels: &Labels,
) -> Result<()> {
    let sql = "INSERT INTO tg_alert_rate (fingerprint, name, labels, recent, used_at, dropped, dropped_at)
        VALUES (?1, ?2, ?3, '[]', ?4, 1, ?4)
        ON CONFLICT (fingerprint) DO UPDATE SET used_at = ?4, dropped = dropped + 1, dropped_at = ?4";
    tx.execute(
        sql,
        (Fingerprint::of(name, labels), name, labels.clone(), now),
    )?;
    count_dropped(tx)
}

/// Those of the fingerprints that had as many alerts lately as are allowed, with the most urgent of them.
pub(super) fn crowded(
    tx: &mut ReadTx<'_>,
    now: Timestamp,
    prints: &[Fingerprint],
) -> Result<HashMap<Fingerprint, Severity>> {
    let settings = settings(tx)?;
    let sql = "SELECT fingerprint, severity, count(*) FROM tg_alert
        WHERE fingerprint IN rarray(?) AND opened_at > ? AND opened_at <= ? AND fired_at IS NOT NULL
        GROUP BY fingerprint, severity";
    let prints = list(prints.iter().copied());
    let start = now.saturating_sub(settings.rate_window);
    let rows: Vec<(Fingerprint, Severity, usize)> = tx.query(sql, (prints, start, now))?;
    let mut counts: HashMap<Fingerprint, (Severity, usize)> = HashMap::new();
    for (print, severity, count) in rows {
        let entry = counts.entry(print).or_insert((severity, 0));
        *entry = (entry.0.max(severity), entry.1 + count);
    }
    let full = counts
        .into_iter()
        .filter(|(_, (_, count))| *count >= settings.rate_occurrences);
    Ok(full.map(|(print, (worst, _))| (print, worst)).collect())
}

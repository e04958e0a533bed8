//! Alerts that keep others from being told: the effect of a cause that is known.

mod cycle;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use tidegate::{ReadTx, Tx};

use super::in_json::InJson;
use super::matched::Matched;
use super::remute::begin_remute;
use super::texts::NAME_BYTES_MAX;
use super::written;
use crate::check;
use crate::error::{Error, Result};
use crate::labels::check_name;
use crate::matcher::{MATCHERS_MAX, Matcher};
use crate::timestamp::Timestamp;

/// The most inhibitions of one database.
pub const INHIBITIONS_MAX: usize = 200;
/// The most labels that source and target must share.
const EQUAL_MAX: usize = 32;

/// While an alert fires that meets `source`, nobody is told of those that meet `target` and have the same values in the
/// labels `equal`. Matchers see an alert's name as the label `alertname` and its severity as `severity`; a label that both
/// lack is the same.
///
/// No alert inhibits itself, nor one that meets both sides another that does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibition {
    /// What it is called in errors.
    pub name: String,
    /// Which alerts inhibit.
    #[serde(with = "written::matchers")]
    pub source: Vec<Matcher>,
    /// Which alerts are inhibited.
    #[serde(with = "written::matchers")]
    pub target: Vec<Matcher>,
    /// The labels that must be the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equal: Vec<String>,
}

impl Inhibition {
    /// Whether the one alert, which fires, inhibits the other.
    pub(super) fn inhibits(&self, source: &Matched, target: &Matched) -> bool {
        let meets_both = |alert: &Matched| alert.meets(&self.source) && alert.meets(&self.target);
        let is_same = |label: &String| source.get(label) == target.get(label);
        source.meets(&self.source)
            && target.meets(&self.target)
            && self.equal.iter().all(is_same)
            && !(meets_both(source) && meets_both(target))
    }

    fn check(&self) -> Result<()> {
        check::line("name", &self.name, NAME_BYTES_MAX)?;
        for (field, side) in [("source", &self.source), ("target", &self.target)] {
            check::count(field, side.len(), MATCHERS_MAX)?;
            if !side.iter().any(|matcher| !matcher.matches_value("")) {
                let reason = "needs a matcher that an empty value does not meet";
                return Err(Error::invalid(field, reason));
            }
        }
        check::count("equal", self.equal.len(), EQUAL_MAX)?;
        self.equal
            .iter()
            .try_for_each(|label| check_name("equal", label))
    }
}

/// Replaces all inhibitions. Who is told of what is active follows within this call, as far as
/// [`escalate_step`](super::escalate_step) does not finish it.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) with the index of the inhibition
/// as [`item`](Error::item): for a side that anything meets, and for inhibitions in a circle, as far as that shows in the
/// labels that one's target and the other's source both name. And what the database answers.
pub fn set_inhibitions(tx: &mut Tx<'_>, now: Timestamp, inhibitions: &[Inhibition]) -> Result<()> {
    check::count("inhibitions", inhibitions.len(), INHIBITIONS_MAX)?;
    for (item, inhibition) in inhibitions.iter().enumerate() {
        inhibition.check().map_err(|error| error.of_item(item))?;
    }
    cycle::refuse(inhibitions)?;
    if stored(tx)? == inhibitions {
        return Ok(());
    }
    tx.execute("DELETE FROM tg_alert_inhibition", ())?;
    let sql = "INSERT INTO tg_alert_inhibition (place, definition) VALUES (?, ?)";
    let rows: Vec<InJson<&Inhibition>> = inhibitions.iter().map(InJson).collect();
    tx.execute_many(sql, rows.iter().enumerate())?;
    begin_remute(tx, now)
}

/// The inhibitions, in the order in which they were given.
///
/// # Errors
/// What the database answers.
pub fn inhibitions(tx: &mut ReadTx<'_>) -> Result<Vec<Inhibition>> {
    stored(tx)
}

pub(super) fn stored(tx: &mut ReadTx<'_>) -> Result<Vec<Inhibition>> {
    let sql = "SELECT definition FROM tg_alert_inhibition ORDER BY place";
    let rows: Vec<(InJson<Inhibition>,)> = tx.query(sql, ())?;
    Ok(rows.into_iter().map(|(row,)| row.0).collect())
}

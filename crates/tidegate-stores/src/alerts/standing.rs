//! How many alerts each rule has.

use std::collections::BTreeMap;

use tidegate::ReadTx;

use super::state::State;
use crate::error::Result;

/// How many active alerts a rule has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Those that wait until their condition has held for long enough.
    pub pending: u64,
    /// Those that fire, acknowledged and suppressed ones among them.
    pub firing: u64,
}

/// How many active alerts each rule has, by its name. Rules without any are left out.
///
/// # Errors
/// What the database answers.
pub fn standings(tx: &mut ReadTx<'_>) -> Result<BTreeMap<String, Standing>> {
    let sql = "SELECT rule, state, count(*) FROM tg_alert
        WHERE resolved_at IS NULL AND rule IS NOT NULL GROUP BY rule, state";
    let rows: Vec<(String, State, u64)> = tx.query(sql, ())?;
    let mut standings: BTreeMap<String, Standing> = BTreeMap::new();
    for (rule, state, count) in rows {
        let standing = standings.entry(rule).or_default();
        match state {
            State::Pending => standing.pending += count,
            _ => standing.firing += count,
        }
    }
    Ok(standings)
}

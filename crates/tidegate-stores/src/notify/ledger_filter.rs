//! Which entries of the ledger are meant, and the SQL that says so.

use tidegate::{Params, list};

use super::entry::EntryState;
use crate::check;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::timestamp::Timestamp;

/// The most values of one list of a [`LedgerFilter`].
pub const LEDGER_FILTER_VALUES_MAX: usize = 100;

/// Which entries are meant: those that meet every condition. An empty list and `None` are met by all.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LedgerFilter {
    /// Of any of these targets.
    pub targets: Vec<String>,
    /// In any of these states.
    pub states: Vec<EntryState>,
    /// Begun then or later.
    pub since: Option<Timestamp>,
    /// Of messages that name this alert.
    pub fingerprint: Option<Fingerprint>,
}

impl LedgerFilter {
    /// The conditions as SQL, with their parameters.
    pub(super) fn conditions(&self) -> Result<(String, Params)> {
        check::count("targets", self.targets.len(), LEDGER_FILTER_VALUES_MAX)?;
        check::count("states", self.states.len(), LEDGER_FILTER_VALUES_MAX)?;
        let (mut sql, mut params) = ("TRUE".to_owned(), Params::new());
        match &*self.targets {
            [] => {}
            // One value is compared, so that an index gives the rows in their order.
            [one] => {
                sql.push_str(" AND line.target = ?");
                params = params.push(&**one);
            }
            many => {
                sql.push_str(" AND line.target IN rarray(?)");
                params = params.push(list(many));
            }
        }
        match &*self.states {
            [] => {}
            [one] => {
                sql.push_str(" AND line.state = ?");
                params = params.push(*one);
            }
            many => {
                sql.push_str(" AND line.state IN rarray(?)");
                params = params.push(list(many.iter().copied()));
            }
        }
        if let Some(since) = self.since {
            sql.push_str(" AND at >= ?");
            params = params.push(since);
        }
        if let Some(fingerprint) = self.fingerprint {
            sql.push_str(
                " AND line.message IN (SELECT message FROM tg_notify_message_alert WHERE fingerprint = ?)",
            );
            params = params.push(fingerprint);
        }
        Ok((sql, params))
    }
}

//! Which notifications are meant, as arguments, as parameters of a URL, and as the store takes it.

use tidegate_stores::notify::{EntryState, LedgerFilter};
use tidegate_stores::{Fingerprint, Timestamp};

use crate::failure::{Failure, Result};
use crate::place::query::Query;

/// Which notifications are meant.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct NotificationFilter {
    /// To this target
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,

    /// In this state: waiting, sending, sent, given_up, cancelled; those that were not tried yet are shown as waiting only
    #[arg(long, value_name = "STATE")]
    state: Option<String>,

    /// That tell of the alert of this fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,

    /// Tried then or later
    #[arg(long, value_name = "MOMENT", value_parser = crate::arguments::moment)]
    since: Option<Timestamp>,
}

impl NotificationFilter {
    pub(super) fn query(&self) -> Query {
        Query::default()
            .add("target", self.target.as_ref())
            .add("state", self.state.as_ref())
            .add("fingerprint", self.fingerprint.as_ref())
            .add("since", self.since)
    }

    /// Whether those that are still to be sent are meant; they are not in the ledger.
    pub(super) fn is_of_waiting(&self) -> bool {
        self.state.as_deref() == Some("waiting")
    }

    pub(super) fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    pub(super) fn ledger(&self) -> Result<LedgerFilter> {
        let mut filter = LedgerFilter::default();
        filter.targets = self.target.clone().into_iter().collect();
        filter.since = self.since;
        filter.fingerprint = self.fingerprint.as_deref().map(fingerprint).transpose()?;
        filter.states = match self.state.as_deref() {
            None => Vec::new(),
            Some("given_up" | "failed") => vec![EntryState::Failed],
            Some("sending") => vec![EntryState::Pending],
            Some(state) => vec![state.parse()?],
        };
        Ok(filter)
    }
}

fn fingerprint(text: &str) -> Result<Fingerprint> {
    Fingerprint::parse(text).ok_or_else(|| {
        let message = "fingerprint: must be what `alerts show` shows of an alert";
        Failure::answered("invalid_field", message)
    })
}

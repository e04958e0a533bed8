//! One silence: for a while nobody is told of some alerts.

mod row;

use super::named::named;
use super::texts::{WHY_BYTES_MAX, check_who};
use crate::check;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::matcher::{MATCHERS_MAX, Matcher};
use crate::timestamp::Timestamp;
use crate::window::WINDOW_MAX;

pub(super) use row::{Row, parse};

named! {
    /// Whether a silence is in force.
    pub enum SilenceStatus as "status" {
        /// It has not begun.
        Pending = "pending",
        /// It is in force.
        Active = "active",
        /// It has ended.
        Expired = "expired",
    }
}

/// A silence to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSilence {
    /// Which alerts; they must meet all of them. An alert's name is the label `alertname`, its severity `severity`.
    pub matchers: Vec<Matcher>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it begins; at once if that is past.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// A silence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Silence {
    /// Its id.
    pub id: Id,
    /// Which alerts; they must meet all of them.
    pub matchers: Vec<Matcher>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is in force, as of the last [`escalate_step`](super::escalate_step).
    pub status: SilenceStatus,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
}

impl NewSilence {
    pub(super) fn check(&self, now: Timestamp) -> Result<()> {
        check::count("matchers", self.matchers.len(), MATCHERS_MAX)?;
        if self
            .matchers
            .iter()
            .all(|matcher| matcher.matches_value(""))
        {
            let reason =
                "at least one must not be met by the empty value, or everything would be silent";
            return Err(Error::invalid("matchers", reason));
        }
        check_who("author", &self.author)?;
        check::line("comment", &self.comment, WHY_BYTES_MAX)?;
        let starts_at = self.starts_at.max(now);
        match () {
            () if self.ends_at <= now => Err(Error::invalid("ends_at", "must lie ahead")),
            () if self.ends_at <= self.starts_at => {
                Err(Error::invalid("ends_at", "must lie after it begins"))
            }
            () if self.ends_at.saturating_since(starts_at) > WINDOW_MAX => {
                Err(Error::limit("ends_at", "at most 3660 days after it begins"))
            }
            () => Ok(()),
        }
    }

    /// How it stands at a moment.
    pub(super) fn status(&self, now: Timestamp) -> SilenceStatus {
        match () {
            () if self.ends_at <= now => SilenceStatus::Expired,
            () if self.starts_at <= now => SilenceStatus::Active,
            () => SilenceStatus::Pending,
        }
    }
}

//! What holds for all alerts of a database.

use std::time::Duration;

use tidegate::{ReadTx, Tx};

use super::marks::Marks;
use super::rule::RULE_DURATION_MAX;
use crate::error::{Error, Result};
use crate::timestamp::micros;
use crate::window::WINDOW_MAX;

/// The most occurrences that a rate limit may allow.
pub const RATE_OCCURRENCES_MAX: usize = 1_000;

/// What holds for all alerts of a database. It stands in the database, so that every process goes by the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// How long resolved alerts are kept with their story; 90 days at first.
    pub keep_resolved: Duration,
    /// After how long a pushed alert without an end is resolved if nobody tells of it again; 5 minutes at first.
    pub resolve_timeout: Duration,
    /// How many occurrences of one fingerprint are taken within [`rate_window`](Self::rate_window); 20 at first.
    pub rate_occurrences: usize,
    /// The length of time over which occurrences are counted; 5 minutes at first.
    pub rate_window: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_resolved: Duration::from_secs(90 * 86_400),
            resolve_timeout: Duration::from_secs(5 * 60),
            rate_occurrences: 20,
            rate_window: Duration::from_secs(5 * 60),
        }
    }
}

/// The settings at present.
///
/// # Errors
/// What the database answers.
pub fn settings(tx: &mut ReadTx<'_>) -> Result<Settings> {
    let marks = Marks::load(tx)?;
    let duration = |micros: i64| Duration::from_micros(micros.unsigned_abs());
    Ok(Settings {
        keep_resolved: duration(marks.keep_resolved),
        resolve_timeout: duration(marks.resolve_timeout),
        rate_occurrences: marks.rate_occurrences,
        rate_window: duration(marks.rate_window),
    })
}

/// Changes the settings. They hold for what happens from then on.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a duration or number of nothing; [`Limit`](crate::ErrorKind::Limit)
/// beyond [`WINDOW_MAX`], [`RULE_DURATION_MAX`] or [`RATE_OCCURRENCES_MAX`]; and what the database answers.
pub fn set_settings(tx: &mut Tx<'_>, settings: Settings) -> Result<()> {
    check(&settings)?;
    let sql = "UPDATE tg_alert_state SET keep_resolved = ?, resolve_timeout = ?, rate_occurrences = ?, rate_window = ?";
    let row = (
        micros(settings.keep_resolved),
        micros(settings.resolve_timeout),
        settings.rate_occurrences,
        micros(settings.rate_window),
    );
    tx.execute(sql, row)?;
    Ok(())
}

fn check(settings: &Settings) -> Result<()> {
    let durations = [
        ("keep_resolved", settings.keep_resolved, WINDOW_MAX),
        (
            "resolve_timeout",
            settings.resolve_timeout,
            RULE_DURATION_MAX,
        ),
        ("rate_window", settings.rate_window, RULE_DURATION_MAX),
    ];
    for (field, duration, max) in durations {
        match () {
            () if micros(duration) == 0 => {
                return Err(Error::invalid(field, "must be more than nothing"));
            }
            () if duration > max => {
                let days = max.as_secs() / 86_400;
                return Err(Error::limit(field, format!("at most {days} days")));
            }
            () => {}
        }
    }
    match settings.rate_occurrences {
        0 => Err(Error::invalid("rate_occurrences", "must be at least 1")),
        given => crate::check::count("rate_occurrences", given, RATE_OCCURRENCES_MAX),
    }
}

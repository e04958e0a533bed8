//! How many alerts there are, of which kind.

use std::time::Duration;

use tidegate::ReadTx;

use super::rate::dropped;
use super::state::State;
use crate::error::{Error, Result};
use crate::notify::Severity;
use crate::timestamp::Timestamp;
use crate::window::Window;

/// The longest window of a summary.
pub const SUMMARY_WINDOW_MAX: Duration = Duration::from_secs(31 * 86_400);

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// How many alerts there are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Active alerts by severity, the most urgent first; pending ones are left out. All severities are there.
    pub by_severity: Vec<(Severity, u64)>,
    /// Active alerts by state, in the order of [`State::ALL`], without resolved ones.
    pub by_state: Vec<(State, u64)>,
    /// Alerts that fire, and of which nobody is told.
    pub muted: u64,
    /// How many began to fire in each hour of the window, in order; hours without any are left out.
    pub by_hour: Vec<HourCount>,
    /// How many were resolved in the window, of those that fired.
    pub resolved: u64,
    /// How many occurrences were dropped, ever.
    pub dropped: u64,
}

/// How many alerts of a severity began to fire in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HourCount {
    /// When the hour begins.
    pub hour: Timestamp,
    /// How urgent they are, or were in the end.
    pub severity: Severity,
    /// How many.
    pub count: u64,
}

/// Counts what is active, and what began to fire within a window.
///
/// # Errors
/// [`Limit`](crate::ErrorKind::Limit) for a window beyond [`SUMMARY_WINDOW_MAX`]; and what the database answers.
pub fn summary(tx: &mut ReadTx<'_>, window: Window) -> Result<Summary> {
    if window.length() > SUMMARY_WINDOW_MAX {
        return Err(Error::limit("window", "at most 31 days"));
    }
    let sql = "SELECT severity, state, inhibited_by IS NOT NULL OR silenced_by <> '[]', count(*) FROM tg_alert
        WHERE resolved_at IS NULL GROUP BY 1, 2, 3";
    let active: Vec<(Severity, State, bool, u64)> = tx.query(sql, ())?;
    let count = |is_meant: &dyn Fn(Severity, State, bool) -> bool| {
        let meant = active
            .iter()
            .filter(|(severity, state, is_silent, _)| is_meant(*severity, *state, *is_silent));
        meant.map(|(.., count)| count).sum::<u64>()
    };
    let severities = Severity::ALL.iter().rev().copied();
    let states = State::ALL.iter().copied().filter(|state| state.is_active());
    let is_muted = |_, state, is_silent| match state {
        State::Firing => is_silent,
        other => matches!(other, State::Acknowledged | State::Suppressed),
    };
    Ok(Summary {
        by_severity: severities
            .map(|wanted| {
                (wanted, count(&|severity, state, _| severity == wanted && state != State::Pending))
            })
            .collect(),
        by_state: states.map(|wanted| (wanted, count(&|_, state, _| state == wanted))).collect(),
        muted: count(&is_muted),
        by_hour: by_hour(tx, window)?,
        resolved: tx.query_scalar(
            "SELECT count(*) FROM tg_alert WHERE resolved_at > ? AND resolved_at <= ? AND fired_at IS NOT NULL",
            (window.from(), window.to()),
        )?,
        dropped: dropped(tx)?,
    })
}

fn by_hour(tx: &mut ReadTx<'_>, window: Window) -> Result<Vec<HourCount>> {
    let sql = "SELECT fired_at / ?3 * ?3, severity, count(*) FROM tg_alert
        WHERE fired_at > ?1 AND fired_at <= ?2 GROUP BY 1, 2";
    let params = (window.from(), window.to(), MICROS_PER_HOUR);
    let rows: Vec<(Timestamp, Severity, u64)> = tx.query(sql, params)?;
    let mut counts: Vec<HourCount> = rows
        .into_iter()
        .map(|(hour, severity, count)| HourCount {
            hour,
            severity,
            count,
        })
        .collect();
    counts.sort_unstable_by_key(|count| (count.hour, std::cmp::Reverse(count.severity)));
    Ok(counts)
}

//! The one row that says how far rollups and retention have come.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use super::units::{MICROS_PER_MINUTE, day, hour, minute, moment};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// See the table `tg_metric_state`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct State {
    pub(super) rolled_minute: i64,
    pub(super) rolled_minute_series: i64,
    pub(super) rolled_hour: i64,
    pub(super) rolled_hour_series: i64,
    pub(super) samples_from_minute: i64,
    pub(super) minutes_from_hour: i64,
    pub(super) hours_from_day: i64,
    pub(super) keep_samples: i64,
    pub(super) keep_minutes: i64,
    pub(super) keep_hours: i64,
    pub(super) series_count: u64,
}

impl State {
    pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Self> {
        Ok(tx.query_one("SELECT * FROM tg_metric_state", ())?)
    }

    /// For whoever writes: the marks as they make sense at `now`.
    pub(super) fn load_at(tx: &mut Tx<'_>, now: Timestamp) -> Result<Self> {
        let stored = Self::load(tx)?;
        let healed = stored.clone().healed(now);
        healed.save_changes(tx, &stored)?;
        Ok(healed)
    }

    /// Pulls marks back that a clock far ahead has set; otherwise everything until then would count as too old. What was
    /// removed by that clock stays removed.
    fn healed(mut self, now: Timestamp) -> Self {
        if self.rolled_minute > minute(now) {
            (self.rolled_minute, self.rolled_minute_series) = (minute(now), 0);
        }
        if self.rolled_hour > hour(now) {
            (self.rolled_hour, self.rolled_hour_series) = (hour(now), 0);
        }
        self.samples_from_minute = self.samples_from_minute.min(minute(now));
        self.minutes_from_hour = self.minutes_from_hour.min(hour(now));
        self.hours_from_day = self.hours_from_day.min(day(now));
        self
    }

    /// Stores what differs from `before`, as it was loaded; nothing is written if nothing does.
    pub(super) fn save_changes(&self, tx: &mut Tx<'_>, before: &Self) -> Result<()> {
        match self == before {
            true => Ok(()),
            false => self.save(tx),
        }
    }

    fn save(&self, tx: &mut Tx<'_>) -> Result<()> {
        let sql = "UPDATE tg_metric_state SET rolled_minute = ?, rolled_minute_series = ?, rolled_hour = ?,
            rolled_hour_series = ?, samples_from_minute = ?, minutes_from_hour = ?, hours_from_day = ?, keep_samples = ?,
            keep_minutes = ?, keep_hours = ?, series_count = ?";
        let row = (
            self.rolled_minute,
            self.rolled_minute_series,
            self.rolled_hour,
            self.rolled_hour_series,
            self.samples_from_minute,
            self.minutes_from_hour,
            self.hours_from_day,
            self.keep_samples,
            self.keep_minutes,
            self.keep_hours,
            self.series_count,
        );
        tx.execute(sql, row)?;
        Ok(())
    }

    /// The first moment of which samples are taken and read as such.
    pub(super) fn oldest_sample(&self, now: Timestamp) -> Timestamp {
        let kept = now.as_micros().saturating_sub(self.keep_samples);
        moment(kept.max(self.samples_from_minute * MICROS_PER_MINUTE))
    }

    /// Whether the rollup of this minute of a series is made already, so that a new sample is late for it.
    pub(super) fn is_rolled(&self, minute: i64, series: i64) -> bool {
        (minute, series) <= (self.rolled_minute, self.rolled_minute_series)
    }
}

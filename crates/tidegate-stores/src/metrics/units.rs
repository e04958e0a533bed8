//! Minutes, hours and days, counted from 1970: what samples and rollups are filed under.

use crate::timestamp::Timestamp;

pub(super) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(super) const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
pub(super) const MICROS_PER_HOUR: i64 = 60 * MICROS_PER_MINUTE;
pub(super) const SECONDS_PER_MINUTE: i64 = 60;
pub(super) const MINUTES_PER_HOUR: i64 = 60;
pub(super) const HOURS_PER_DAY: i64 = 24;
pub(super) const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

pub(super) const fn minute(at: Timestamp) -> i64 {
    at.as_micros() / MICROS_PER_MINUTE
}

pub(super) const fn hour(at: Timestamp) -> i64 {
    at.as_micros() / MICROS_PER_HOUR
}

pub(super) const fn day(at: Timestamp) -> i64 {
    at.as_micros() / MICROS_PER_DAY
}

/// A moment that is known to be one: something stored, or the edge of a span around it.
pub(super) fn moment(micros: i64) -> Timestamp {
    let inside = micros.clamp(Timestamp::MIN.as_micros(), Timestamp::MAX.as_micros());
    Timestamp::from_micros(inside).unwrap_or(Timestamp::MIN)
}

//! The one place where the verbs of the stores read the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use tidegate_stores::Timestamp;

/// This moment; a clock before 1970 or after 9999 counts as the nearest moment within.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    let micros = i64::try_from(micros).unwrap_or(i64::MAX);
    Timestamp::from_micros(micros).unwrap_or(Timestamp::MAX)
}

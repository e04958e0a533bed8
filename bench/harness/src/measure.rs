//! The instruments: a clock for many callers, a ticker, and the process's memory.

mod memory;
mod recorder;
mod ticker;

pub(crate) use memory::peak_resident_kib;
pub(crate) use recorder::{Recorder, Window};
pub(crate) use ticker::Ticker;

use hdrhistogram::Histogram;

/// The longest duration that is told apart, in nanoseconds: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// An empty histogram of nanoseconds, exact to three digits.
fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(LONGEST_NS, 3)
        .expect("invariant: three digits up to a minute are valid bounds")
}

//! Tests of the sources of windows.

use super::{Part, Resolution};
use crate::metrics::state::State;
use crate::timestamp::Timestamp;
use crate::window::Window;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("a moment")
}

/// Hours from day 1 (hour 24), minutes from hour 30, samples from minute 1,890 (hour 31.5), rolled up to 32:20.
fn state() -> State {
    State {
        rolled_minute: 1_940,
        rolled_minute_series: 0,
        rolled_hour: 32,
        rolled_hour_series: 0,
        samples_from_minute: 1_890,
        minutes_from_hour: 30,
        hours_from_day: 1,
        keep_samples: 0,
        keep_minutes: 0,
        keep_hours: 0,
        series_count: 0,
    }
}

/// The parts of the window `from..=to` (in minutes) as `(resolution, from, to)` in minutes, a microsecond cut off.
fn check(from: i64, to: i64, coarsest: Resolution, expected: &[(Resolution, i64, i64)]) {
    let window = Window::between(at(from * MINUTE - 1), at(to * MINUTE - 1)).expect("a window");
    let parts: Vec<_> = window
        .parts(&state(), coarsest)
        .into_iter()
        .map(
            |Part {
                 resolution,
                 from,
                 to,
             }| (resolution, from / MINUTE, to / MINUTE),
        )
        .collect();
    assert_eq!(parts, expected, "{from}..{to}");
}

#[test]
fn each_part_comes_from_the_finest_source_that_has_it() {
    use Resolution::{Hour, Minute, Sample};
    check(1_900, 1_910, Sample, &[(Sample, 1_900, 1_910)]);
    check(
        1_880,
        1_910,
        Sample,
        &[(Minute, 1_880, 1_890), (Sample, 1_890, 1_910)],
    );
    check(
        1_500,
        2_000,
        Sample,
        &[
            (Hour, 1_500, 1_800),
            (Minute, 1_800, 1_890),
            (Sample, 1_890, 2_000),
        ],
    );
    check(1_510, 1_530, Sample, &[(Hour, 1_500, 1_530)]);
    check(100, 200, Sample, &[]);
    check(100, 1_500, Sample, &[(Hour, 1_440, 1_500)]);
}

#[test]
fn charts_take_rollups_where_they_are_ready() {
    use Resolution::{Hour, Minute, Sample};
    check(
        1_900,
        2_000,
        Minute,
        &[(Minute, 1_900, 1_940), (Sample, 1_940, 2_000)],
    );
    check(1_900, 1_910, Minute, &[(Minute, 1_900, 1_910)]);
    check(
        1_860,
        2_000,
        Hour,
        &[
            (Hour, 1_860, 1_920),
            (Minute, 1_920, 1_940),
            (Sample, 1_940, 2_000),
        ],
    );
    assert_eq!(Resolution::for_step(MINUTE), Minute);
    assert_eq!(Resolution::for_step(2 * HOUR), Hour);
    assert_eq!(Resolution::for_step(MINUTE + 1), Sample);
}

#[test]
fn a_window_leaves_its_beginning_out_and_holds_its_end() {
    let window = Window::between(at(2_000 * MINUTE), at(2_001 * MINUTE)).expect("a window");
    let parts = window.parts(&state(), Resolution::Sample);
    assert_eq!(
        (parts[0].from, parts[0].to),
        (2_000 * MINUTE + 1, 2_001 * MINUTE + 1)
    );
}

#[test]
fn a_chart_that_ends_within_a_minute_takes_its_samples() {
    let window = Window::between(at(1_900 * MINUTE), at(1_910 * MINUTE + 30_000_000));
    let parts = window
        .expect("a window")
        .parts(&state(), Resolution::Minute);
    let last = parts.last().expect("some parts");
    assert_eq!(
        (last.resolution, last.from),
        (Resolution::Sample, 1_910 * MINUTE)
    );
}

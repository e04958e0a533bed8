//! Tests of gathering latencies.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Recorder, Window};
use crate::{Durability, Job, Work};

fn window(warmup_ms: u64, measure_ms: u64) -> Window {
    Window::of(&Job {
        work: Work::Insert,
        tasks: 1,
        durability: Durability::Full,
        database: PathBuf::new(),
        readers: 1,
        warmup_ms,
        measure_ms,
    })
}

#[test]
fn durations_of_all_tasks_are_counted_together() {
    let recorder = Recorder::new();
    for task in 0..100 {
        recorder.note_always(task, Duration::from_micros(task as u64 + 1));
    }
    let (count, spread) = recorder.sum_up();
    assert_eq!(count, 100);
    assert!((49_900..=50_100).contains(&spread.p50), "{spread:?}");
    assert!((99_900..=100_100).contains(&spread.max), "{spread:?}");
}

#[test]
fn a_call_outside_the_window_does_not_count() {
    let recorder = Recorder::new();
    recorder.note(0, window(60_000, 1), Instant::now());
    recorder.note(0, window(0, 0), Instant::now());
    assert_eq!(recorder.sum_up().0, 0);
    recorder.note(0, window(0, 60_000), Instant::now());
    assert_eq!(recorder.sum_up().0, 1);
}

//! Tests of telling a wait for a processor from any other.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;
use crate::wait_until;

#[test]
fn the_second_number_is_the_wait() {
    for (line, waited) in [
        ("423295 17 2\n", Some(17)),
        ("0 0 0", Some(0)),
        ("423295", None),
        ("1 many 3", None),
        ("", None),
    ] {
        assert_eq!(parse(line), waited.map(Duration::from_nanos), "{line:?}");
    }
}

#[test]
fn a_thread_that_sleeps_waits_for_no_processor_for_as_long() {
    let before = processor_wait();
    let asleep = Duration::from_millis(200);
    thread::sleep(asleep);
    assert!(processor_wait() - before < asleep);
}

#[test]
fn more_threads_than_processors_wait_for_each_other() {
    if !Path::new(SCHEDULE).exists() {
        return;
    }
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..processors * 2 {
            scope.spawn(|| {
                while !enough.load(Ordering::Relaxed) {
                    std::hint::spin_loop()
                }
            });
        }
        let has_waited = wait_until(Duration::from_secs(20), || {
            // Turns its turn into work, so that this thread wants a processor for as long as the others.
            let _ = (0..100_000).map(std::hint::black_box).max();
            processor_wait() > Duration::from_millis(5)
        });
        enough.store(true, Ordering::Relaxed);
        assert!(has_waited, "waited {:?}", processor_wait());
    });
}

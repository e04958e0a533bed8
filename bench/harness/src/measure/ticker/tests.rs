//! Tests of the ticker: it sees a runtime that is held up.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Ticker, Window};
use crate::{Durability, Job, Spread, Work};

fn lag_while(work: impl Future<Output = ()>) -> Spread {
    let job = Job {
        work: Work::Insert,
        tasks: 1,
        durability: Durability::Full,
        database: PathBuf::new(),
        readers: 1,
        warmup_ms: 0,
        measure_ms: 1_000,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("builds");
    runtime.block_on(async {
        let ticker = Ticker::start(Window::of(&job)).await;
        work.await;
        ticker.stop().await.expect("ticks")
    })
}

#[test]
fn a_blocking_call_on_the_runtime_is_seen_at_its_full_length() {
    let spread = lag_while(async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(80) {}
        tokio::time::sleep(Duration::from_millis(5)).await;
    });
    assert!(spread.max >= 75_000_000, "{spread:?}");
    assert!(spread.p50 >= 20_000_000, "{spread:?}");
}

//! Tests of the bars: the right peer is compared, in the right direction.

use super::{Bar, all};
use crate::cases;
use crate::medians::{Figures, Medians};

/// Figures whose throughput is the number and whose durations are it too.
fn figures(number: f64) -> Figures {
    Figures {
        per_second: number,
        per_second_range: (number, number),
        p50: number,
        p95: number,
        p99: number,
        max: number,
        idle_p50: Some(number),
        idle_p99: Some(number),
        next_p50: Some(number),
        next_p99: Some(number),
        ticker_lag_p99: number,
        writes_per_commit: Some(number),
        peak_memory_kib: number,
    }
}

fn bar(rows: Vec<(&'static str, &'static str, Figures)>, words: &str) -> Bar {
    let bars = all(&Medians::from_figures(rows));
    bars.into_iter()
        .find(|bar| bar.promise.starts_with(words))
        .expect("a bar of these words")
}

#[test]
fn throughput_is_compared_with_the_best_peer_and_not_with_the_floor() {
    let rows = |ours| {
        vec![
            (cases::INSERT_FULL_64, "tidegate", figures(ours)),
            (cases::INSERT_FULL_64, "sqlx", figures(4.0)),
            (cases::INSERT_FULL_64, "async-sqlite", figures(10.0)),
            (cases::INSERT_FULL_64, "rusqlite", figures(100.0)),
        ]
    };
    let met = bar(rows(250.0), "Inserts, FULL, 64 tasks: 25");
    assert_eq!(
        (met.measured.as_deref(), met.met),
        (Some("25.00 × async-sqlite"), true)
    );
    assert!(!bar(rows(249.0), "Inserts, FULL, 64 tasks: 25").met);
}

#[test]
fn a_duration_is_compared_with_the_lowest() {
    let rows = vec![
        (cases::READ_1, "tidegate", figures(11.0)),
        (cases::READ_1, "sqlx", figures(20.0)),
        (cases::READ_1, "tokio-rusqlite", figures(10.0)),
    ];
    let missed = bar(rows, "Point read, 1 task: p50 not above");
    assert_eq!(
        (missed.measured.as_deref(), missed.met),
        (Some("1.10 × tokio-rusqlite"), false)
    );
}

#[test]
fn the_scan_is_compared_with_the_floor() {
    let rows = vec![
        (cases::SCAN, "tidegate", figures(11.0)),
        (cases::SCAN, "rusqlite", figures(10.0)),
    ];
    let met = bar(rows, "Scan");
    assert_eq!((met.measured.as_deref(), met.met), (Some("1.10"), true));
}

#[test]
fn deadlines_are_bars_of_our_own_figures() {
    for (nanoseconds, words, is_late, next_is_late) in [
        (4e6, "4.00 ms", false, false),
        (6e6, "6.00 ms", true, false),
        (20e6, "20.0 ms", true, true),
    ] {
        let rows = || {
            vec![
                (cases::DEADLINE, "tidegate", figures(nanoseconds)),
                (cases::DEADLINE, "sqlx", figures(1.0)),
            ]
        };
        let answer = bar(rows(), "Query given 50 ms");
        let next = bar(rows(), "Read after a query");
        assert_eq!((answer.met, next.met), (!is_late, !next_is_late));
        assert_eq!(answer.measured.as_deref(), Some(words));
    }
}

#[test]
fn a_missing_figure_is_never_a_bar_met() {
    let bars = all(&Medians::default());
    assert!(
        bars.iter().all(|bar| !bar.met && bar.measured.is_none()),
        "{bars:?}"
    );
}

#[test]
fn the_ticker_must_hold_in_every_case() {
    let rows = vec![
        (cases::SCAN, "tidegate", figures(1.0)),
        (cases::SCAN, "sqlx", figures(2.0)),
        (cases::BATCH, "tidegate", figures(3.0)),
        (cases::BATCH, "sqlx", figures(2.0)),
    ];
    let missed = bar(rows, "Ticker");
    assert_eq!(
        (missed.measured.as_deref(), missed.met),
        (Some("in 1 of 2 cases; worst 1.50 × at batch"), false)
    );
}
